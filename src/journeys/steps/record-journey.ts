import type { Audit } from '../../audit/audit.ts'
import type { PersonId } from '../../directory/directory.ts'
import {
  type AcceptedPasswordDeps,
  createAcceptedPasswordRecorder,
  recordFailedBind,
} from '../../identity/record-accepted-password.ts'
import type { NoticeKind } from '../../notify/notify.ts'
import type { ProofPolicy } from '../../proofs/policy/policy.ts'
import type { PolicyJourney } from '../../proofs/policy/requirement-of.ts'
import type { ShownFactor } from '../../proofs/second-factor/shown-factor.ts'
import { ok, refused } from '../../result.ts'
import type { Attempt, Verification } from '../../services/source/attempts.ts'
import type { SourceRefusal, WriteHooks } from '../../services/source/source.ts'
import type { Tx } from '../../store/store.ts'
import type { EndJourneys } from '../journeys.ts'
import type { NewPasswordState, StoppedBecause, StoppedState } from './steps.ts'

/** The facts that the journey keeps at its `writing` step. */
type WritingFacts = {
  readonly step: string
  readonly answerDigest?: string
  readonly sealedLogin?: string | undefined
  readonly factor?: ShownFactor | null
  readonly provedAt?: number
  readonly substringDigests?: readonly string[]
}

type Settled<Written> = Written | NewPasswordState | StoppedState

/** The journey operation that recording needs: to settle the `writing` step. */
type JourneySettler<Written> = {
  settleStep(
    tx: Tx,
    id: string,
    from: 'writing',
    event: 'written' | 'refused' | 'superseded',
    to: Settled<Written> | ((current: WritingFacts) => Settled<Written>),
  ): Promise<boolean>
}

export type RecordDeps<Written> = AcceptedPasswordDeps & {
  readonly journeys: JourneySettler<Written>
  readonly endOfPerson: EndJourneys
  readonly policy: ProofPolicy
}

/** Records the ended journeys in the account's journal, which its owner reads: an attacker may have opened them. */
export const recordSuperseded = async (audit: Audit, tx: Tx, person: PersonId, count: number) => {
  if (count === 0) return
  await audit.append(tx, {
    chain: person,
    kind: 'journey.superseded',
    by: { kind: 'system' },
    details: { count },
  })
}

/** Refusals that end the journey instead of showing the form again, by the reason that its page shows. */
const finalRefusals: { readonly [reason in SourceRefusal]?: StoppedBecause } = {
  'account-closed': 'journey-ended',
  'account-privileged': 'account-privileged',
  'journey-superseded': 'journey-superseded',
  'proof-replaced': 'proof-replaced',
  'account-active': 'account-active',
  'account-active-first-day': 'account-active-first-day',
  'factor-first': 'factor-needed',
  'proofs-missing': 'proofs-missing',
}

export const endsJourney = (reason: string) => Object.hasOwn(finalRefusals, reason)

/** What is this journey's own of the record of a written password. */
type OwnRecord<Written> = {
  readonly notice: NoticeKind
  readonly journey: PolicyJourney
  /** The state after the write, or how it follows from the facts of the journey, which are then read. */
  readonly written: (
    person: PersonId,
    verification: Verification,
  ) => Written | ((facts: WritingFacts) => Written)
  /** Further records of this journey, in the same transaction. */
  readonly also?: (tx: Tx, attempt: Attempt) => Promise<unknown>
}

/** A refused write ends its journey, or leads it to the form again. */
async function settleRefused<Written>(
  journeys: JourneySettler<Written>,
  tx: Tx,
  { journey, person, startedAt }: Attempt,
  reason: SourceRefusal,
) {
  if (!journey) return
  const why = finalRefusals[reason]
  if (why) await journeys.settleStep(tx, journey, 'writing', 'superseded', { step: 'stopped', why })
  else
    await journeys.settleStep(
      tx,
      journey,
      'writing',
      'refused',
      ({ answerDigest = '', factor = null, provedAt = startedAt, sealedLogin }) => ({
        step: 'new-password',
        person,
        answerDigest,
        factor,
        provedAt,
        sealedLogin,
        problem: reason,
      }),
    )
}

/**
 * Records the outcome of a password chosen in a journey, in the transaction that settles the attempt: history, charter, mail
 * and journey; or, when it is refused, returns the journey to the form. It reads the attempt and its journey, and nothing of a
 * request, so that the reconciler records the same after a crash.
 */
export const createJourneyRecorder = <Written>(
  deps: RecordDeps<Written>,
  own: OwnRecord<Written>,
): WriteHooks => {
  const { audit, journeys, policy, endOfPerson } = deps
  const record = createAcceptedPasswordRecorder(deps)

  return {
    accepted: async (tx, attempt, verification, toEnd) => {
      const { person, journey } = attempt
      await record(tx, attempt, verification, { notice: own.notice, toEnd })
      if (journey)
        await journeys.settleStep(tx, journey, 'writing', 'written', own.written(person, verification))
      if (toEnd.journeys) {
        const why = 'journey-superseded'
        const count = await endOfPerson(tx, person, { event: 'superseded', why, except: journey })
        await recordSuperseded(audit, tx, person, count)
      }
      // After the journeys: one that judges an activation code locks the code after itself.
      await own.also?.(tx, attempt)
    },

    refused: async (tx, attempt, reason) => {
      await recordFailedBind(deps, tx, attempt)
      await settleRefused(journeys, tx, attempt, reason)
    },

    // The one place where a journey's password is allowed: by what its row has proved, and by no state of it.
    checkWrite: async (_, person, { freeze, proved }) => {
      const { populations } = person
      if (!policy.isMet({ journey: own.journey, populations }, proved)) return refused('proofs-missing')
      return freeze || person.closed ? refused('account-closed') : ok()
    },
  }
}
