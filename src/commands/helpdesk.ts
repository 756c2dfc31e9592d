import type { Application } from '../application.ts'
import { days } from '../clock.ts'
import type { Person } from '../directory/directory.ts'
import type { AccountState } from '../helpdesk/account-state.ts'
import type { NextStep } from '../helpdesk/helpdesk.ts'
import type { Justification } from '../helpdesk/justification.ts'
import type { RecoveryCodeRefusal } from '../helpdesk/recovery-code.ts'
import type { AccessMethod } from '../identity/access-methods.ts'
import type { Freeze } from '../identity/freezes.ts'
import { secondFactors } from '../proofs/proof-registry.ts'
import { fail, print, withApplication } from './command-context.ts'

/** The commands of the helpdesk, until it has a console: they find the person, call `helpdesk/` and print the result. */

const withPerson = (login: string, work: (application: Application, person: Person) => Promise<void>) =>
  withApplication(async application => {
    const found = await application.directory.findLogin(login)
    if (!found.ok) return fail('The directory does not answer.')
    if (!found.person) return fail(`No single person has the login ${login}.`)
    await work(application, found.person)
  })

const instant = (at: number) => new Date(at).toISOString()

const factorLines = ({ count }: AccountState['factors']) =>
  secondFactors.map(({ kind, factor }) => count[kind] > 0 && factor.summary(count[kind]))

const jokerLines = ({ setAt, suspendedUntil, wrong, left }: AccountState['joker']) => [
  setAt === null ? 'no joker: the question shown is a decoy' : `joker set ${instant(setAt)}`,
  suspendedUntil && `joker suspended until ${instant(suspendedUntil)}`,
  !suspendedUntil && wrong > 0 && `${wrong} wrong answer(s) in 24 h, ${left} left`,
]

/** Why the old password may still serve in the directory. */
const unwrittenFreeze = ({ closed }: Person) =>
  closed === 'by-server'
    ? 'the password that nobody knows waits until the directory opens the account, and is written then'
    : 'the password that nobody knows is not in the directory yet'

const stateLines = ({
  person,
  freeze: frozen,
  joker,
  factors,
  unchangedUntil,
  openWrites,
  deliveries,
}: AccountState) =>
  [
    `populations: ${person.populations.join(', ')}`,
    person.privileged && 'privileged: Sésame never writes this account',
    person.closed && 'closed by the directory: past its dates of end, locked, suspended or disabled there',
    frozen ? `${frozen.kind}${frozen.until ? ` until ${instant(frozen.until)}` : ''}` : 'not frozen',
    frozen?.kind === 'frozen' && !frozen.passwordWritten && unwrittenFreeze(person),
    ...jokerLines(joker),
    ...factorLines(factors),
    unchangedUntil &&
      `recovered lately: addresses and factors stay as they are until ${instant(unchangedUntil)}`,
    openWrites > 0 && `${openWrites} write(s) not settled yet`,
    ...deliveries.map(
      ({ service, state, reason, provedAt }) =>
        `${service}: ${state}${reason ? ` (${reason})` : ''}${provedAt ? ` ${instant(provedAt)}` : ''}`,
    ),
  ].filter(line => typeof line === 'string')

/** Prints the state of the account, to find why it does not work, its last twenty events, and the last twenty from before a proof. */
export const showPerson = (login: string, why: Justification) =>
  withPerson(login, async ({ helpdesk }, person) => {
    const { state, events } = await helpdesk.inspect(person, why)
    const timeline = events.map(({ at, kind, actor }) => `${instant(at)}  ${kind}  ${actor}`)
    for (const line of [login, ...stateLines(state), '', ...timeline]) print(line)
  })

export const freeze = (login: string, why: Justification) =>
  withPerson(login, async ({ helpdesk }, { id }) => {
    const outcome = await helpdesk.freeze(id, why)
    if (outcome?.ok === false && outcome.reason === 'closed-by-server')
      print(
        `${login} is frozen in Sésame. The directory itself closes this account: it stays as it is there. A password that nobody knows is written when the directory opens it.`,
      )
    else if (outcome?.ok || (await helpdesk.isWrittenSoon(id)))
      print(`${login} is frozen: a password that nobody knows is in the directory.`)
    else
      fail(
        `${login} is frozen in Sésame; the directory has not accepted the new password yet. The portal continues to try.`,
      )
  })

type UnfreezeOptions = Justification & { readonly keep?: true; readonly clear?: true }

const describeMethod = ({ what, name, since }: AccessMethod) =>
  `  ${[what, name].filter(Boolean).join(' ')}, since ${instant(since)}`

const refusalTexts = {
  'not-frozen': 'was not frozen.',
  'old-password-valid':
    'stays frozen: the directory has not taken the password that nobody knows, and the old one may still serve. Freeze it again, or change it there.',
} as const

const refusalText = (reason: keyof typeof refusalTexts, { closed }: Person) =>
  reason === 'old-password-valid' && closed === 'by-server'
    ? 'stays frozen: the directory itself closes the account, and the old password would serve again once it opens. Open it there first: the portal then writes a password that nobody knows.'
    : refusalTexts[reason]

const printUndecided = (login: string, recent: readonly AccessMethod[], age: number) => {
  fail(
    `${login} stays frozen. These were added in the ${age} days before the freeze, and give access to the account:`,
  )
  for (const one of recent) fail(describeMethod(one))
  fail('Ask their owner. If all are theirs: --keep. If one is not, or they do not know: --clear.')
}

const nextStepText = (step: NextStep, was: Freeze['kind']) => {
  const unknown = was === 'frozen' ? 'Its password is still unknown: r' : 'R'
  if (step.by === 'recovery') return `${unknown}ecovery gives a new one.`
  if (step.by === 'sign-in') return 'It has no joker: its owner signs in, and chooses one.'
  const factor = step.factorFirst
    ? ' Before: « sesame factors clear », an activation asks for no second factor.'
    : ''
  return `It has no joker: hand over a code by « sesame activation-codes ».${factor}`
}

const printUnfrozen = (
  login: string,
  { cleared, was, next }: { cleared: readonly AccessMethod[]; was: Freeze['kind']; next: NextStep },
) => {
  for (const one of cleared) print(`${describeMethod(one)}: cleared`)
  print(`${login} may use Sésame again.`)
  if (was === 'recovery-closed')
    print(
      'Only its recovery was closed: anybody who knows its password can still sign in. To exclude this: freeze, then unfreeze.',
    )
  print(nextStepText(next, was))
}

export const unfreeze = (login: string, { keep, clear, ...why }: UnfreezeOptions) =>
  withPerson(login, async ({ helpdesk, limits }, person) => {
    if (keep && clear) return fail('--keep and --clear exclude each other.')
    const decided = (keep && 'keep') || (clear && 'clear') || null
    const result = await helpdesk.unfreeze(person.id, { ...why, decided })
    if (result.ok) printUnfrozen(person.login, { ...result, next: await helpdesk.nextStepOf(person.id) })
    else if (result.reason === 'undecided')
      printUndecided(login, result.recent, limits.recentChange / days(1))
    else fail(`${login} ${refusalText(result.reason, person)}`)
  })

export const clearJoker = (login: string, why: Justification) =>
  withPerson(login, async ({ helpdesk }, { id }) => {
    const cleared = await helpdesk.clearJoker(id, why)
    print(
      cleared ? `${login} has no joker any more.` : `${login} had no joker; its wrong tries are forgotten.`,
    )
  })

export const clearFactors = (login: string, why: Justification) =>
  withPerson(login, async ({ helpdesk }, { id }) => {
    const removed = await helpdesk.clearFactors(id, why)
    print(
      removed.length > 0
        ? `${login} has no ${removed.join(', ')} any more.`
        : `${login} had no second factor.`,
    )
  })

const recoveryCodeRefusals = {
  closed: 'gets no code: the directory closes this account.',
  privileged: 'gets no code: Sésame never writes a privileged account.',
  frozen: 'gets no code: it is frozen, or its recovery is closed. See « sesame unfreeze ».',
  'not-asked':
    'gets no code: no recovery of its populations asks for one. Name `helpdesk-code` or `issued` in recovery (docs/operate/recovery.md).',
} as const satisfies Readonly<Record<RecoveryCodeRefusal, string>>

/** Prints the code once: it is kept nowhere in clear. */
export const issueRecoveryCode = (login: string, why: Justification) =>
  withPerson(login, async ({ helpdesk }, person) => {
    const issued = await helpdesk.issueRecoveryCode(person, why)
    if (!issued.ok) return fail(`${login} ${recoveryCodeRefusals[issued.reason]}`)
    print(issued.code)
    print(
      `It proves once who ${login} is, in « mot de passe oublié » or « identifiant oublié », until ${instant(issued.until)}.`,
    )
    print('Hand it to the person whom you identified, to nobody else. Every address of the account was told.')
  })

export const endJourneys = (login: string, why: Justification) =>
  withPerson(login, async ({ helpdesk }, { id }) => {
    print(`${await helpdesk.endJourneys(id, why)} journey(s) of ${login} ended.`)
  })
