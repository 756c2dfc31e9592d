import type { Application } from '../application.ts'
import type { Person } from '../directory/directory.ts'
import { foldAnswer } from '../proofs/joker/fold.ts'
import { guessable } from '../proofs/joker/guessable.ts'
import { isQuestionKey, type QuestionKey, questions } from '../proofs/joker/questions.ts'
import { sayIn } from '../texts/texts.ts'
import { fail, print, withApplication } from './command-context.ts'
import { type CsvRecord, readTable } from './csv.ts'
import { type Justification, operator } from './desk.ts'

/** Finds a question by its key, or by its text in either language. */
const questionOf = (typed: string): QuestionKey | null => {
  if (isQuestionKey(typed)) return typed
  const found = Object.entries(questions).find(([, { fr, en }]) =>
    [fr, en].some(text => foldAnswer(text) === foldAnswer(typed)),
  )
  return found && isQuestionKey(found[0]) ? found[0] : null
}

const hasJoker = async ({ store }: Application, person: Person) =>
  (await store.read
    .selectFrom('jokers')
    .select('person')
    .where('person', '=', person.id)
    .executeTakeFirst()) !== undefined

const saveJoker = async (
  application: Application,
  person: Person,
  question: QuestionKey,
  answer: string,
  why: Justification,
) => {
  const { store, joker, audit, activationCodes } = application
  const hashed = await joker.hashAnswer(answer)
  if (!hashed.ok) return sayIn('en')('hashing-busy')
  await store.transaction(async tx => {
    await joker.set(tx, { person: person.id, question, free: false, kept: hashed.kept })
    await activationCodes.close(tx, person.id, 'joker')
    await audit.append(tx, {
      chain: person.id,
      kind: 'joker.set',
      by: operator(why.by),
      details: { reason: why.reason, imported: true },
    })
  })
  return null
}

/** `set`, `exists` (the person already has a joker, from an earlier run for example), or the message why the line is refused. */
const importLine = async (application: Application, { cells }: CsvRecord, why: Justification) => {
  const [login = '', typed = '', answer = ''] = cells
  const found = await application.directory.findLogin(login)
  if (!found.ok) return 'the directory does not answer'
  if (!found.person) return 'no single person has that login'
  if (await hasJoker(application, found.person)) return 'exists'
  if (await application.activationCodes.isReopened(found.person.id))
    return 'the helpdesk cleared the joker of this account'
  const question = questionOf(typed)
  if (!question) return `the question is none of the list (${Object.keys(questions).join(', ')})`
  const weak = guessable(answer, { person: found.person, question })
  if (weak) return sayIn('en')(weak)
  return (await saveJoker(application, found.person, question, answer, why)) ?? 'set'
}

/**
 * Imports lines of `login,question,answer` in clear text: each answer is hashed at once and stored nowhere in clear. A
 * refused line is reported by its line number only. The import can be restarted: people who have a joker are skipped.
 */
export const importJokers = (file: string, why: Justification) =>
  withApplication(async application => {
    const lines = readTable(file).filter(({ line, cells }) => line > 1 || cells[0] !== 'login')
    let [set, existing] = [0, 0]
    for (const [index, line] of lines.entries()) {
      const result = await importLine(application, line, why)
      if (result === 'set') set += 1
      else if (result === 'exists') existing += 1
      else fail(`line ${line.line}: ${result}`)
      if ((index + 1) % 500 === 0) process.stderr.write(`${index + 1} of ${lines.length}\n`)
    }
    print(`${set} joker(s) set, ${existing} there before, ${lines.length - set - existing} refused.`)
  })
