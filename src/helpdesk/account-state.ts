import type { Clock } from '../clock.ts'
import type { Person } from '../directory/directory.ts'
import type { AccessMethods } from '../identity/access-methods.ts'
import type { Freezes } from '../identity/freezes.ts'
import type { Limits } from '../limits/limits.ts'
import type { Joker } from '../proofs/joker/joker.ts'
import type { Factors, SecondFactor } from '../proofs/second-factor/second-factor.ts'
import type { Deliveries } from '../services/deliveries/deliveries.ts'
import type { DeliveryStatus } from '../services/deliveries/delivery.ts'
import type { Attempts } from '../services/source/attempts.ts'

/** Everything that tells the helpdesk why an account does not work. Times are in milliseconds since 1970. */
export type AccountState = {
  readonly person: Person
  readonly freeze: Awaited<ReturnType<Freezes['find']>>
  readonly joker: {
    /** `null`: there is none, and the question that is shown is a decoy. */
    readonly setAt: number | null
    readonly suspendedUntil: number | null
    readonly wrong: number
    readonly left: number
  }
  readonly factors: Factors
  /** Until when neither a contact nor a factor is added or removed; `null`: they may be. */
  readonly unchangedUntil: number | null
  readonly openWrites: number
  readonly deliveries: readonly DeliveryStatus[]
}

export type AccountStateDeps = {
  readonly clock: Clock
  readonly limits: Pick<Limits, 'jokerTries'>
  readonly freezes: Pick<Freezes, 'find'>
  readonly joker: Pick<Joker, 'tries' | 'setAt'>
  readonly secondFactor: Pick<SecondFactor, 'of'>
  readonly accessMethods: Pick<AccessMethods, 'unchangedUntil'>
  readonly attempts: Pick<Attempts, 'countOpen'>
  readonly deliveries: Pick<Deliveries, 'statusesOfPerson'>
}

export const readAccountState = async (deps: AccountStateDeps, person: Person): Promise<AccountState> => {
  const { id } = person
  const { tries } = deps.joker
  const wrong = await tries.wrongAnswers(id)
  return {
    person,
    freeze: await deps.freezes.find(id),
    joker: {
      setAt: await deps.joker.setAt(id),
      suspendedUntil: await tries.suspendedUntil({ subject: id, browser: '', network: '' }),
      wrong,
      left: deps.limits.jokerTries - wrong,
    },
    factors: await deps.secondFactor.of(id),
    unchangedUntil: await deps.accessMethods.unchangedUntil(id),
    openWrites: await deps.attempts.countOpen(id),
    deliveries: await deps.deliveries.statusesOfPerson(id),
  }
}
