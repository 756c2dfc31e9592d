import type { Freezes } from '../../account/freezes.ts'
import { recordWritten, type WrittenDeps } from '../../account/password/record-written.ts'
import type { Audit } from '../../audit/audit.ts'
import type { PersonId } from '../../directory/directory.ts'
import type { NoticeKind } from '../../notify/notify.ts'
import type { ShownFactor } from '../../proofs/second-factor/shown-factor.ts'
import { ok, refused } from '../../result.ts'
import type { Attempt } from '../../services/source/attempts.ts'
import type { Proof, Recorder, SourceRefusal } from '../../services/source/source.ts'
import type { Tx } from '../../store/store.ts'
import type { NewPasswordState, StoppedBecause, StoppedState } from './steps.ts'

/** What the step of the write left in the journey. */
type Writing = {
  readonly step: string
  readonly answer?: string
  readonly factor?: ShownFactor | null
  readonly shownAt?: number
  readonly passwordParts?: readonly string[]
}

/** What recording needs of a journey: to settle the step of the write, and to end the others of that person. */
type JourneySettler<Written> = {
  settleStep(
    tx: Tx,
    id: string,
    from: 'writing',
    event: 'written' | 'refused' | 'superseded',
    nextOf: (current: Writing) => Written | NewPasswordState | StoppedState,
  ): Promise<boolean>
  endOthers(
    tx: Tx,
    person: PersonId,
    except: string | null,
    stopped: StoppedState,
    spared: readonly ('stopped' | 'done')[],
  ): Promise<number>
}

export type RecordDeps<Written> = WrittenDeps & {
  readonly freezes: Freezes
  readonly journeys: JourneySettler<Written>
}

/** In the journal of the account, which its owner reads: what ended may have been a stranger's. */
export const recordSuperseded = async (audit: Audit, tx: Tx, person: PersonId, count: number) => {
  if (count === 0) return
  await audit.append(tx, {
    chain: person,
    kind: 'journey.superseded',
    by: { kind: 'system' },
    details: { count },
  })
}

/** Refusals after which nothing can be typed again. */
const finalRefusals: { readonly [reason in SourceRefusal]?: StoppedBecause } = {
  'account-closed': 'journey-ended',
  'account-privileged': 'account-privileged',
  'journey-superseded': 'journey-superseded',
  'proof-replaced': 'proof-replaced',
  'account-active': 'account-active',
  'account-active-first-day': 'account-active-first-day',
  'factor-first': 'factor-needed',
}

/**
 * What a password chosen in a journey records, in the one transaction that settles it: history, charter, mail, journey;
 * or the journey's reopening. It reads the attempt's row alone, so that a start-up after a kill records the same.
 */
export const createJourneyRecorder = <Written>(
  deps: RecordDeps<Written>,
  own: {
    readonly notice: NoticeKind
    readonly written: (person: PersonId, proof: Proof, left: Writing) => Written
    /** What this journey records besides. */
    readonly also?: (tx: Tx, attempt: Attempt) => Promise<unknown>
  },
): Recorder => {
  const { audit, freezes, journeys } = deps
  const record = recordWritten(deps)

  return {
    accepted: async (tx, attempt, proof) => {
      const { person, journey } = attempt
      await record(tx, attempt, proof, own.notice)
      await own.also?.(tx, attempt)
      if (journey)
        await journeys.settleStep(tx, journey, 'writing', 'written', left => own.written(person, proof, left))
      const stopped = { step: 'stopped', why: 'journey-superseded' } as const
      const count = await journeys.endOthers(tx, person, journey, stopped, ['stopped', 'done'])
      await recordSuperseded(audit, tx, person, count)
    },

    refused: async (tx, attempt, reason) => {
      const { journey, person } = attempt
      if (!journey) return
      const why = finalRefusals[reason]
      if (why)
        await journeys.settleStep(tx, journey, 'writing', 'superseded', () => ({ step: 'stopped', why }))
      else
        await journeys.settleStep(
          tx,
          journey,
          'writing',
          'refused',
          ({ answer = '', factor = null, shownAt = attempt.startedAt }) => ({
            step: 'new-password',
            person,
            answer,
            factor,
            shownAt,
            problem: reason,
          }),
        )
    },

    eligible: async (attempt, person) => {
      const freeze = await freezes.find(attempt.person)
      return freeze || person.ended ? refused('account-closed') : ok()
    },
  }
}
