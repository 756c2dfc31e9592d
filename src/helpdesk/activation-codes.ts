import type { Audit } from '../audit/audit.ts'
import type { Clock } from '../clock.ts'
import { type Directory, numberKinds, type Person, type PersonId } from '../directory/directory.ts'
import { foldNumber } from '../directory/number.ts'
import type { Freezes } from '../identity/freezes.ts'
import type { Limits } from '../limits/limits.ts'
import type { MailRows } from '../notify/mail-rows.ts'
import type { ActivationCodes } from '../proofs/activation-code/activation-code.ts'
import type { ActiveBecause } from '../proofs/activation-code/activity.ts'
import { isAsked, type SecondFactor } from '../proofs/second-factor/second-factor.ts'
import type { Destination, DestinationReason } from '../proofs/sent-code/destination.ts'
import type { DestinationReader } from '../proofs/sent-code/read-destination.ts'
import { type Ok, ok } from '../result.ts'
import type { Store } from '../store/store.ts'
import { isLanguage, type Language, languages } from '../texts/texts.ts'
import type { PrintedCode } from './activation-letters.ts'
import { type Justification, operator } from './justification.ts'

/**
 * A newcomer in the list of an enrolment. `mail`: the address of the enrolment, to which the code may be sent. `language`: of the letter
 * and the mail; empty for that of the whole list.
 */
export type Newcomer = {
  readonly kind: string
  readonly number: string
  readonly mail: string
  readonly language: string
}
export type IssuedCode = PrintedCode & { readonly kind: string; readonly number: string }

/** A code as it is kept outside the store until it is given. */
export type KeptCode = {
  readonly person: PersonId
  readonly kind: string
  readonly number: string
  readonly code: string
  readonly until: number
  readonly byMail: boolean
}

/**
 * Keeps each code before the store has it: a process that ends between the two leaves a code that opens nothing, never one that
 * nobody knows.
 */
export type CodeJournal = {
  readonly find: (newcomer: Pick<Newcomer, 'kind' | 'number'>) => KeptCode | null
  readonly keep: (kept: KeptCode) => void
}

/** Where a test kills the command. */
export type CodeFailpoint = 'kept' | 'made' | 'drafted' | 'written'

/** A sentence for the operator who reads the list. `isOutage`: it says nothing of this line, and would be that of the next ones. */
type Refusal = { readonly ok: false; readonly reason: string; readonly isOutage?: true }
type Refusable<Value> = Ok<Value> | Refusal

export type CodeIssuingDeps = {
  readonly store: Store
  readonly clock: Clock
  readonly limits: Pick<Limits, 'activationByMail' | 'activationByLetter'>
  readonly audit: Audit
  readonly mails: Pick<MailRows, 'write'>
  readonly directory: Pick<Directory, 'find'>
  readonly freezes: Pick<Freezes, 'find'>
  readonly activationCodes: Pick<ActivationCodes, 'activity' | 'draw' | 'isLive' | 'make'>
  readonly secondFactor: Pick<SecondFactor, 'of'>
  readonly readDestination: DestinationReader
  /** Why no letter to this name can be printed, `null`: it can, or no letter is printed. */
  readonly letterRefusal: (name: string) => string | null
  readonly journal: CodeJournal
  /** The line for which this run has made a code of this person; `null`: none. */
  readonly earlierLine: (person: PersonId) => number | null
  readonly failpoints: (at: CodeFailpoint) => void
}

const because = (reason: string) => ({ ok: false, reason }) as const

const activeReasons = {
  activation: 'it was activated here',
  session: 'its owner has signed in',
  password: 'its owner chose a password here',
  factor: 'it has a second factor or printed codes',
  joker: 'it has a joker',
  contact: 'it has a confirmed address or mobile',
} as const satisfies Record<ActiveBecause, string>

const mailRefusals: Readonly<Partial<Record<DestinationReason, string>>> = {
  'mail-not-ascii':
    'the mail server takes no address that is not ASCII before the @ (it announces no SMTPUTF8): give another, or send a letter',
}

async function findNewcomer(
  deps: CodeIssuingDeps,
  newcomer: Newcomer,
): Promise<Refusable<{ person: Person }>> {
  const kind = numberKinds.find(one => one === newcomer.kind)
  if (!kind) return because(`the first column must be one of ${numberKinds.join(', ')}`)
  const found = await deps.directory.find(kind, foldNumber(kind, newcomer.number))
  if (!found.ok) return { ...because('the directory does not answer'), isOutage: true }
  const [person, other] = found.people
  if (!person) return because('nobody has that number')
  if (other) return because('two people have that number')
  return ok({ person })
}

/** Why this account gets no code; `null`: it may get one. */
async function refusalOf(deps: CodeIssuingDeps, person: Person): Promise<string | null> {
  if (person.closed || person.privileged) return 'this account is not activated here: closed, or privileged'
  if (await deps.freezes.find(person.id))
    return 'this account is frozen, or its recovery is closed: sesame unfreeze'
  const activity = await deps.activationCodes.activity(person.id)
  if (activity.because) return `this account is active already: ${activeReasons[activity.because]}`
  return isAsked(await deps.secondFactor.of(person.id))
    ? 'it has a second factor, which an activation does not ask for: sesame factors clear'
    : null
}

type CodeToSave = Justification & {
  readonly code: string
  readonly now: number
  readonly life: number
  readonly to: Destination | null
  readonly language: Language
}

async function saveCode(
  { store, activationCodes, audit, mails }: CodeIssuingDeps,
  person: Person,
  { by, reason, code, now, life, to, language }: CodeToSave,
) {
  await store.transaction(async tx => {
    await activationCodes.make(tx, person.id, life, code)
    await audit.append(tx, {
      chain: person.id,
      kind: 'activation.codes-made',
      by: operator(by),
      details: { reason, mail: to !== null },
    })
    const events = [{ at: now, event: 'activation', device: '', code, until: now + life }]
    const facts = { person: person.id, name: person.displayName, login: '', events }
    if (to) await mails.write(tx, { kind: 'activation-code', to, language, facts })
  })
}

/** The code that an interrupted run made for this line, and that is still the person's. */
async function findKept(deps: CodeIssuingDeps, newcomer: Newcomer, { id }: Person, byMail: boolean) {
  const kept = deps.journal.find(newcomer)
  if (!kept || kept.person !== id || kept.byMail !== byMail) return null
  return (await deps.activationCodes.isLive(id, kept.code)) ? kept : null
}

/** The mail of the person, `null` where none is sent. */
async function readMail(
  { readDestination }: CodeIssuingDeps,
  { mail }: Newcomer,
  byMail: boolean,
): Promise<Refusable<{ to: Destination | null }>> {
  if (!byMail) return ok({ to: null })
  const read = await readDestination('mail', mail)
  if (read.ok) return read
  return because(mailRefusals[read.reason] ?? 'the third column must be the address of the enrolment')
}

type IssuingOptions = Justification & {
  readonly byMail: boolean
  readonly byLetter: boolean
  /** Of the people whose line names none. */
  readonly language: Language
}

async function makeCode(
  deps: CodeIssuingDeps,
  { kind, number }: Newcomer,
  person: Person,
  { by, reason, byMail, byLetter, to, language }: IssuingOptions & { readonly to: Destination | null },
) {
  const { activationByMail, activationByLetter } = deps.limits
  const code = deps.activationCodes.draw()
  const now = deps.clock.now()
  const life = byMail && !byLetter ? activationByMail : activationByLetter
  const until = now + life
  deps.journal.keep({ person: person.id, kind, number, code, until, byMail })
  deps.failpoints('kept')
  await saveCode(deps, person, { by, reason, code, now, life, to, language })
  deps.failpoints('made')
  return { code, until }
}

/**
 * Makes an activation code for one newcomer, queues its mail where it is sent by mail, and records who asked for it. A code
 * that is sent by mail alone lives shorter than one in a letter. A code that an interrupted run has made is given again, and not
 * made or sent a second time.
 */
export async function issueActivationCode(
  deps: CodeIssuingDeps,
  newcomer: Newcomer,
  options: IssuingOptions,
): Promise<Refusable<{ issued: IssuedCode; person: PersonId }>> {
  const language = newcomer.language === '' ? options.language : newcomer.language
  if (!isLanguage(language)) return because(`the fourth column must be one of ${languages.join(', ')}`)
  const found = await findNewcomer(deps, newcomer)
  if (!found.ok) return found
  const { person } = found
  // Another code would void the one of that line.
  const earlier = deps.earlierLine(person.id)
  if (earlier !== null) return because(`it is the person of line ${earlier}, whose code is made`)
  const refusal = await refusalOf(deps, person)
  if (refusal) return because(refusal)
  // Before the code is made: it would be known to nobody.
  const unprinted = deps.letterRefusal(person.displayName)
  if (unprinted) return because(unprinted)
  const mail = await readMail(deps, newcomer, options.byMail)
  if (!mail.ok) return mail
  const { kind, number } = newcomer
  const kept = await findKept(deps, newcomer, person, options.byMail)
  const { code, until } =
    kept ?? (await makeCode(deps, newcomer, person, { ...options, language, to: mail.to }))
  const issued = { kind, number, name: person.displayName, code, until, language }
  return ok({ issued, person: person.id })
}
