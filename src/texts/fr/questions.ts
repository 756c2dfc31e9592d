/** The joker's questions; their weights are in `proofs/joker/questions.ts`. */
export const questions = {
  'question.pet': 'Quel était le nom de votre premier animal de compagnie ?',
  'question.town': 'Dans quelle ville avez-vous passé votre enfance ?',
  'question.book': 'Quel est le titre de votre livre préféré ?',
  'question.teacher': 'Quel était le nom de votre professeure ou professeur préféré ?',
  'question.friend': 'Quel était le prénom de votre meilleure amie ou meilleur ami d’enfance ?',
  'question.job': 'Quel a été votre premier métier ?',
  'question.school': 'Quel était le nom de votre école primaire ?',
  'question.journey': 'Quel a été votre premier grand voyage ?',
} as const
