import type { Freeze } from '../account/freezes.ts'
import type { AccessMethod } from '../account/not-me/access-methods.ts'
import type { Application } from '../application.ts'
import type { Actor } from '../audit/audit.ts'
import { eventsOf } from '../audit/subject-events.ts'
import { days, seconds } from '../clock.ts'
import type { Person, PersonId } from '../directory/directory.ts'
import { newId } from '../keys.ts'
import { isAsked } from '../proofs/second-factor/second-factor.ts'
import { shownBy } from '../proofs/second-factor/shown-factor.ts'
import { fail, print, withApplication } from './command-context.ts'

/**
 * The actions of the helpdesk, until it has a console. Each command names who decides and why, and both are recorded
 * in the audit log, also for a command that only reads.
 */
export type Justification = { readonly by: string; readonly reason: string }

export const operator = (name: string): Actor => ({ kind: 'operator', name })

const withPerson = (login: string, work: (application: Application, person: Person) => Promise<void>) =>
  withApplication(async application => {
    const found = await application.directory.findLogin(login)
    if (!found.ok) return fail('The directory does not answer.')
    if (!found.person) return fail(`No single person has the login ${login}.`)
    await work(application, found.person)
  })

const instant = (at: number) => new Date(at).toISOString()

const factorsOf = async ({ secondFactor }: Application, { id }: Person) => {
  const { passkeys, authenticator, codesLeft } = await secondFactor.of(id)
  return [
    passkeys > 0 && `${passkeys} passkey(s): asked for at sign-in and in journeys`,
    authenticator && 'authenticator app: asked for at sign-in and in journeys',
    codesLeft > 0 && `${codesLeft} printed code(s) left`,
  ]
}

const accountLines = async (application: Application, person: Person) => {
  const { store, freezes, joker, deliveries } = application
  const { id } = person
  const freeze = await freezes.find(id)
  const tries = await joker.tries.state({ subject: id, browser: '', network: '' })
  const set = await store.read
    .selectFrom('jokers')
    .select('set_at')
    .where('person', '=', id)
    .executeTakeFirst()
  const open = await store.read
    .selectFrom('attempts')
    .select('id')
    .where('person', '=', id)
    .where('state', '=', 'open')
    .execute()
  return [
    `populations: ${person.populations.join(', ')}`,
    person.privileged && 'privileged: Sésame never writes this account',
    person.closed && 'closed by the directory: past its dates of end, locked, suspended or disabled there',
    freeze ? `${freeze.kind}${freeze.until ? ` until ${instant(freeze.until)}` : ''}` : 'not frozen',
    set ? `joker set ${instant(set.set_at)}` : 'no joker: the question shown is a decoy',
    tries.suspendedUntil && `joker suspended until ${instant(tries.suspendedUntil)}`,
    !tries.suspendedUntil &&
      tries.wrong > 0 &&
      `${tries.wrong} wrong answer(s) in 24 h, ${application.limits.jokerTries - tries.wrong} left`,
    ...(await factorsOf(application, person)),
    open.length > 0 && `${open.length} write(s) not settled yet`,
    ...(await deliveries.statusesOfPerson(id)).map(
      ({ service, state, reason, provedAt }) =>
        `${service}: ${state}${reason ? ` (${reason})` : ''}${provedAt ? ` ${instant(provedAt)}` : ''}`,
    ),
  ].filter(line => typeof line === 'string')
}

const timelineOf = async ({ store }: Application, person: Person) => {
  const events = await eventsOf(store, person.id, 20)
  return events.map(({ at, kind, actor }) => `${instant(at)}  ${kind}  ${actor}`)
}

/** Prints the state of the account, to find why it does not work, and its last twenty events. */
export const showPerson = (login: string, { by, reason }: Justification) =>
  withPerson(login, async (application, person) => {
    await application.store.transaction(tx =>
      application.audit.append(tx, {
        chain: person.id,
        kind: 'account.viewed',
        by: operator(by),
        details: { reason },
      }),
    )
    for (const line of [
      login,
      ...(await accountLines(application, person)),
      '',
      ...(await timelineOf(application, person)),
    ])
      print(line)
  })

/**
 * The reconciler of the portal may have claimed the write between our commit and our lock. It records the result within
 * seconds.
 */
const isWrittenSoon = async ({ freezes, clock }: Application, person: PersonId) => {
  const deadline = clock.now() + seconds(5)
  while (!(await freezes.find(person))?.passwordWritten) {
    if (clock.now() > deadline) return false
    await clock.sleep(100)
  }
  return true
}

export const freeze = (login: string, { by, reason }: Justification) =>
  withPerson(login, async (application, person) => {
    const written = await application.notMe.freezeByDesk(person.id, by, reason)
    if (written?.ok || (await isWrittenSoon(application, person.id)))
      print(`${login} is frozen: a password that nobody knows is in the directory.`)
    else
      fail(
        `${login} is frozen in Sésame; the directory has not accepted the new password yet. The portal continues to try.`,
      )
  })

type UnfreezeOptions = Justification & { readonly keep?: true; readonly clear?: true }

const describeMethod = ({ what, name, since }: AccessMethod) =>
  `  ${[what, name].filter(Boolean).join(' ')}, since ${instant(since)}`

/** An access method that an intruder added would give access again: the operator decides, and the audit log names them. */
export const unfreeze = (login: string, { keep, clear, ...why }: UnfreezeOptions) =>
  withPerson(login, async (application, person) => {
    if (keep && clear) return fail('--keep and --clear exclude each other.')
    const decided = (keep && 'keep') || (clear && 'clear') || null
    const result = await application.notMe.unfreezeByDesk(person.id, { ...why, decided })
    if (result.ok) await printUnfrozen(application, person, result)
    else if (result.reason === 'undecided')
      printUndecided(login, result.recent, application.limits.recentChange / days(1))
    else fail(`${login} ${refusalTexts[result.reason]}`)
  })

const refusalTexts = {
  'not-frozen': 'was not frozen.',
  'old-password-valid':
    'stays frozen: the directory has not taken the password that nobody knows, and the old one may still serve. Freeze it again, or change it there.',
} as const

const printUndecided = (login: string, recent: readonly AccessMethod[], age: number) => {
  fail(
    `${login} stays frozen. These were added in the ${age} days before the freeze, and give access to the account:`,
  )
  for (const one of recent) fail(describeMethod(one))
  fail('Ask their owner. If all are theirs: --keep. If one is not, or they do not know: --clear.')
}

type UnfreezeResult = { readonly cleared: readonly AccessMethod[]; readonly was: Freeze['kind'] }

const printUnfrozen = async (application: Application, person: Person, { cleared, was }: UnfreezeResult) => {
  for (const one of cleared) print(`${describeMethod(one)}: cleared`)
  print(`${person.login} may use Sésame again.`)
  if (was === 'recovery-closed')
    print(
      'Only its recovery was closed: anybody who knows its password can still sign in. To exclude this: freeze, then unfreeze.',
    )
  print(await nextStepOf(application, person, was))
}

/** The sentence that says what the owner has to do next. */
const nextStepOf = async (application: Application, { id }: Person, was: Freeze['kind']) => {
  const { because, joker } = await application.activationCodes.activity(id)
  const unknown = was === 'frozen' ? 'Its password is still unknown: r' : 'R'
  if (joker) return `${unknown}ecovery gives a new one.`
  if (because !== null) return 'It has no joker: its owner signs in, and chooses one.'
  const factor = isAsked(await application.secondFactor.of(id))
    ? ' Before: « sesame factors clear », an activation asks for no second factor.'
    : ''
  return `It has no joker: hand over a code by « sesame activation-codes ».${factor}`
}

/** Deletes the question, its answer and every wrong try, so that the person can choose a new one. */
export const clearJoker = (login: string, { by, reason }: Justification) =>
  withPerson(login, async (application, person) => {
    const { store, clock, joker, audit, notices, activationCodes, supersedeJourneys } = application
    const cleared = await store.transaction(async tx => {
      // Journeys that were proved with the old answer can no longer write.
      await supersedeJourneys(tx, person.id, 'proof-replaced')
      const had = await joker.clear(tx, person.id)
      // A person who also forgot the password regains access with an activation code from the helpdesk.
      await activationCodes.reopen(tx, person.id)
      await audit.append(tx, {
        chain: person.id,
        kind: 'joker.cleared',
        by: operator(by),
        details: { reason, had },
      })
      if (had) {
        const facts = { at: clock.now(), event: `joker:${newId()}` }
        await notices.write(tx, { kind: 'joker-removed', person: person.id, facts, language: 'fr' })
      }
      return had
    })
    print(
      cleared ? `${login} has no joker any more.` : `${login} had no joker; its wrong tries are forgotten.`,
    )
  })

/** For a person who lost all factors. The operator has verified who they are, and every address is notified. */
export const clearFactors = (login: string, { by, reason }: Justification) =>
  withPerson(login, async (application, { id: person }) => {
    const { store, clock, secondFactor, notices, audit } = application
    const removed = await store.transaction(async tx => {
      await application.revocations.lockPersonRow(tx, person)
      const gone = await secondFactor.removeAll(tx, person)
      // Journeys in which the old factor was shown can no longer write.
      if (gone.length > 0) await application.supersedeJourneys(tx, person, 'proof-replaced')
      for (const factor of gone) {
        await application.sessions.forgetFactor(tx, person, shownBy[factor])
        await audit.append(tx, {
          chain: person,
          kind: 'factor.removed',
          by: operator(by),
          details: { reason, factor },
        })
        const facts = { at: clock.now(), event: `factor:${newId()}` }
        await notices.write(tx, { kind: `${factor}-removed`, person, facts, language: 'fr' })
      }
      return gone
    })
    print(
      removed.length > 0
        ? `${login} has no ${removed.join(', ')} any more.`
        : `${login} had no second factor.`,
    )
  })

export const endJourneys = (login: string, { by, reason }: Justification) =>
  withPerson(login, async ({ store, endJourneys: end, audit }, person) => {
    const ended = await store.transaction(async tx => {
      const count = await end(tx, person.id)
      await audit.append(tx, {
        chain: person.id,
        kind: 'journey.ended',
        by: operator(by),
        details: { reason, count },
      })
      return count
    })
    print(`${ended} journey(s) of ${login} ended.`)
  })
