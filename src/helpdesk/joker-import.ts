import type { Audit } from '../audit/audit.ts'
import type { Directory, Person } from '../directory/directory.ts'
import type { ActivationCodes } from '../proofs/activation-code/activation-code.ts'
import { foldAnswer } from '../proofs/joker/fold.ts'
import { guessable } from '../proofs/joker/guessable.ts'
import type { Joker } from '../proofs/joker/joker.ts'
import { isQuestionKey, type QuestionKey, questions, questionTexts } from '../proofs/joker/questions.ts'
import type { Revocations } from '../services/source/revocations.ts'
import type { Store } from '../store/store.ts'
import { operatorLanguage } from '../texts/locales.ts'
import { sayIn as productSayIn, type SayIn } from '../texts/texts.ts'
import { type Justification, operator } from './justification.ts'

/** A joker in the export of an older system, its answer in clear. */
export type ImportedJoker = { readonly login: string; readonly question: string; readonly answer: string }

/** `exists`: the person already has a joker, from an earlier run for example. */
export type ImportOutcome = 'set' | 'exists' | { readonly refusedBecause: string }

export type JokerImportDeps = {
  readonly store: Store
  readonly audit: Audit
  readonly directory: Pick<Directory, 'findLogin' | 'read'>
  readonly joker: Pick<Joker, 'hashAnswer' | 'set' | 'setAt'>
  readonly activationCodes: Pick<ActivationCodes, 'close' | 'isReopened'>
  readonly revocations: Pick<Revocations, 'lockPersonRow'>
  readonly sayIn: SayIn
}

/** What a command prints is the product's. */
const printed = productSayIn(operatorLanguage)

const because = (refusedBecause: string): ImportOutcome => ({ refusedBecause })

/** Finds a question by its key, or by its text in either language. */
const questionOf = (sayIn: SayIn, typed: string): QuestionKey | null => {
  if (isQuestionKey(typed)) return typed
  const keys = Object.keys(questions).filter(isQuestionKey)
  const folded = foldAnswer(typed)
  return keys.find(key => questionTexts(sayIn, key).some(text => foldAnswer(text) === folded)) ?? null
}

async function refusalOf(
  { joker, activationCodes }: Pick<JokerImportDeps, 'joker' | 'activationCodes'>,
  { id }: Person,
  db?: Store['read'],
): Promise<ImportOutcome | null> {
  if ((await joker.setAt(id, db)) !== null) return 'exists'
  return (await activationCodes.isReopened(id, db))
    ? because('the helpdesk cleared the joker of this account')
    : null
}

async function saveJoker(
  { store, joker, audit, activationCodes, revocations }: JokerImportDeps,
  person: Person,
  { question, answer, why }: { question: QuestionKey; answer: string; why: Justification },
): Promise<ImportOutcome> {
  const hashed = await joker.hashAnswer(answer)
  if (!hashed.ok) return because(printed('hashing-busy'))
  return store.transaction(async (tx): Promise<ImportOutcome> => {
    // A person with a joker has a row among the people, by which a departure is noticed.
    await revocations.lockPersonRow(tx, person.id)
    // Between the first look and this one there was a hash: a person who chose a joker meanwhile keeps it.
    const refusal = await refusalOf({ joker, activationCodes }, person, tx)
    if (refusal) return refusal
    await joker.set(tx, { person: person.id, question, free: false, kept: hashed.kept })
    await activationCodes.close(tx, person.id, 'joker')
    await audit.append(tx, {
      chain: person.id,
      kind: 'joker.set',
      by: operator(why.by),
      details: { reason: why.reason, imported: true },
    })
    return 'set'
  })
}

/** Hashes the answer and sets the joker of one person who has none; the answer is stored nowhere in clear. */
export async function importJoker(
  deps: JokerImportDeps,
  imported: ImportedJoker,
  why: Justification,
): Promise<ImportOutcome> {
  const found = await deps.directory.findLogin(imported.login)
  if (!found.ok) return because('the directory does not answer')
  const { person } = found
  if (!person) return because('no single person has that login')
  const refusal = await refusalOf(deps, person)
  if (refusal) return refusal
  const question = questionOf(deps.sayIn, imported.question)
  if (!question) return because(`the question is none of the list (${Object.keys(questions).join(', ')})`)
  // With an imported date of birth, which only this gives.
  const read = await deps.directory.read(person.id)
  if (!(read.ok && read.person)) return because('the directory does not answer')
  const weak = guessable(imported.answer, { person: read.person, question, sayIn: deps.sayIn })
  if (weak) return because(printed(weak))
  return saveJoker(deps, person, { question, answer: imported.answer, why })
}
