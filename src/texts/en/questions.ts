/** The joker's questions; their weights are in `proofs/joker/questions.ts`. */
export const questions = {
  'question.pet': 'What was the name of your first pet?',
  'question.town': 'In which town did you spend your childhood?',
  'question.book': 'What is the title of your favourite book?',
  'question.teacher': 'What was the name of your favourite teacher?',
  'question.friend': 'What was the first name of your best childhood friend?',
  'question.job': 'What was your first job?',
  'question.school': 'What was the name of your primary school?',
  'question.journey': 'Where did you go on your first long journey?',
} as const
