import type { Audit } from '../audit/audit.ts'
import { eventsOf } from '../audit/subject-events.ts'
import { type Clock, seconds } from '../clock.ts'
import { newId } from '../crypto/crypto.ts'
import type { Person, PersonId } from '../directory/directory.ts'
import { languageOf } from '../identity/charter-acceptances.ts'
import type { Freezes } from '../identity/freezes.ts'
import type { Freezing } from '../identity/freezing.ts'
import type { Sessions } from '../identity/sessions.ts'
import type { Notices } from '../notify/notify.ts'
import type { ActivationCodes } from '../proofs/activation-code/activation-code.ts'
import type { Joker } from '../proofs/joker/joker.ts'
import { isAsked, type SecondFactor } from '../proofs/second-factor/second-factor.ts'
import type { Revocations } from '../services/source/revocations.ts'
import type { Store, Tx } from '../store/store.ts'
import { type AccountStateDeps, readAccountState } from './account-state.ts'
import { type Justification, operator } from './justification.ts'
import { issueRecoveryCode, type RecoveryCodeDeps } from './recovery-code.ts'

export type HelpdeskDeps = AccountStateDeps &
  RecoveryCodeDeps & {
    readonly store: Store
    readonly clock: Clock
    readonly audit: Audit
    readonly notices: Notices
    readonly freezes: Freezes
    readonly freezing: Freezing
    readonly sessions: Pick<Sessions, 'forgetFactor'>
    readonly revocations: Pick<Revocations, 'lockPersonRow'>
    readonly joker: Joker
    readonly secondFactor: SecondFactor
    readonly activationCodes: Pick<ActivationCodes, 'activity' | 'reopen'>
    readonly journeys: {
      end(tx: Tx, person: PersonId): Promise<number>
      supersede(tx: Tx, person: PersonId, why: 'proof-replaced'): Promise<number>
    }
  }

/** What the owner of an account without a freeze has to do next. */
export type NextStep =
  | { readonly by: 'recovery' }
  | { readonly by: 'sign-in' }
  | { readonly by: 'activation-code'; readonly factorFirst: boolean }

/** A notice about something that the helpdesk removed, in the language of the person. */
const removalNotice = async (clock: Clock, tx: Tx, person: PersonId, what: string) => ({
  person,
  facts: { at: clock.now(), event: `${what}:${newId()}`, device: '' },
  language: await languageOf(tx, person),
})

async function clearJoker(deps: HelpdeskDeps, person: PersonId, { by, reason }: Justification) {
  const { store, clock, joker, audit, notices, activationCodes, journeys } = deps
  return store.transaction(async tx => {
    // Journeys that were proved with the old answer can no longer write.
    await journeys.supersede(tx, person, 'proof-replaced')
    const had = await joker.clear(tx, person)
    // A person who also forgot the password regains access with an activation code from the helpdesk.
    await activationCodes.reopen(tx, person)
    await audit.append(tx, {
      chain: person,
      kind: 'joker.cleared',
      by: operator(by),
      details: { reason, had },
    })
    if (had)
      await notices.write(tx, {
        kind: 'joker-removed',
        ...(await removalNotice(clock, tx, person, 'joker')),
      })
    return had
  })
}

async function clearFactors(deps: HelpdeskDeps, person: PersonId, { by, reason }: Justification) {
  const { store, clock, secondFactor, sessions, notices, audit } = deps
  return store.transaction(async tx => {
    await deps.revocations.lockPersonRow(tx, person)
    const gone = await secondFactor.removeAll(tx, person)
    // Journeys in which the old factor was shown can no longer write.
    if (gone.length > 0) await deps.journeys.supersede(tx, person, 'proof-replaced')
    for (const { kind, removal } of gone) {
      await sessions.forgetFactor(tx, person, kind)
      await audit.append(tx, {
        chain: person,
        kind: removal.event,
        by: operator(by),
        details: { reason, factor: removal.what },
      })
      await notices.write(tx, {
        kind: removal.notice,
        ...(await removalNotice(clock, tx, person, 'factor')),
      })
    }
    return gone.map(({ removal }) => removal.what)
  })
}

/** The reconciler of the portal may have claimed the write between our commit and our lock: it records the result within seconds. */
async function isWrittenSoon({ freezes, clock }: HelpdeskDeps, person: PersonId) {
  const deadline = clock.now() + seconds(5)
  while (!(await freezes.find(person))?.passwordWritten) {
    if (clock.now() > deadline) return false
    await clock.sleep(100)
  }
  return true
}

async function freeze(deps: HelpdeskDeps, person: PersonId, { by, reason }: Justification) {
  const language = await languageOf(deps.store.read, person)
  const order = { person, by: operator(by), reason, language, event: 'desk', device: '' } as const
  const frozen = await deps.freezing.freeze(order)
  return (await frozen?.writing) ?? null
}

async function nextStepOf(deps: HelpdeskDeps, person: PersonId): Promise<NextStep> {
  const { because, joker } = await deps.activationCodes.activity(person)
  if (joker) return { by: 'recovery' }
  if (because !== null) return { by: 'sign-in' }
  return { by: 'activation-code', factorFirst: isAsked(await deps.secondFactor.of(person)) }
}

async function endJourneys(deps: HelpdeskDeps, person: PersonId, { by, reason }: Justification) {
  return deps.store.transaction(async tx => {
    const count = await deps.journeys.end(tx, person)
    await deps.audit.append(tx, {
      chain: person,
      kind: 'journey.ended',
      by: operator(by),
      details: { reason, count },
    })
    return count
  })
}

/** The actions of the helpdesk, which its commands call. The caller has verified who the person is. */
export const createHelpdesk = (deps: HelpdeskDeps) => ({
  /** The state of the account and its newest events, to find why it does not work. Reading them is recorded. */
  inspect: async (person: Person, { by, reason }: Justification) => {
    await deps.store.transaction(tx =>
      deps.audit.append(tx, {
        chain: person.id,
        kind: 'account.viewed',
        by: operator(by),
        details: { reason },
      }),
    )
    return {
      state: await readAccountState(deps, person),
      events: await eventsOf(deps.store, person.id, { own: 20, beforeProof: 20 }),
    }
  },

  /** Freezes the account; the outcome of the write of its unknown password, `null` when another process took it over. */
  freeze: (person: PersonId, why: Justification) => freeze(deps, person, why),
  isWrittenSoon: (person: PersonId) => isWrittenSoon(deps, person),

  /** An access method that an intruder added would give access again: the helpdesk decides, and the audit log names them. */
  unfreeze: (person: PersonId, why: Justification & { readonly decided: 'keep' | 'clear' | null }) =>
    deps.freezing.unfreeze(person, { by: operator(why.by), reason: why.reason, decided: why.decided }),
  nextStepOf: (person: PersonId) => nextStepOf(deps, person),

  /** Deletes the question, its answer and every wrong try, so that the person can choose a new one; whether there was one. */
  clearJoker: (person: PersonId, why: Justification) => clearJoker(deps, person, why),

  /** For a person who lost all factors: every address is notified. The factors that are gone. */
  clearFactors: (person: PersonId, why: Justification) => clearFactors(deps, person, why),

  /** A code by which the person, whom the helpdesk has identified, proves in a recovery who they are. */
  issueRecoveryCode: (person: Person, why: Justification) => issueRecoveryCode(deps, person, why),

  /** Ends what the person has begun; how many journeys. */
  endJourneys: (person: PersonId, why: Justification) => endJourneys(deps, person, why),
})
