import type { PersonId } from '../../directory/directory.ts'
import type { Tx } from '../../store/store.ts'
import type { Journey } from '../journey.ts'
import type { Active, State } from './activation.ts'
import type { Deps } from './deps.ts'

/**
 * After the password, the steps of an activation ask for no further proof, and the page may stay open on a shared computer.
 * So the journey ends as soon as its owner has signed in or set up a factor; the remaining choices are then made in the
 * account, which asks for its own proofs. Returns `null` when the journey has ended, otherwise whether a joker exists.
 */
export const continueUnlessSuperseded = async (
  { activationCodes, secondFactor, journeys }: Pick<Deps, 'activationCodes' | 'secondFactor' | 'journeys'>,
  tx: Tx,
  journey: Journey<Extract<State, Active<string>>>,
): Promise<{ joker: boolean } | null> => {
  const person: PersonId = journey.state.person
  const [{ because, joker }, factors] = [
    await activationCodes.activity(person, tx),
    await secondFactor.of(person, tx),
  ]
  const hasFactor = factors.passkeys > 0 || factors.authenticator || factors.codesLeft > 0
  if (because === 'activation' && !hasFactor) return { joker }
  await journeys.advance(tx, journey, 'superseded', stoppedBySignIn)
  return null
}

/** The state set by a sign-in, which ends the journey in the transaction that opens the session. */
export const stoppedBySignIn = { step: 'stopped', why: 'activation-elsewhere' } as const

/** The steps after the password, in which the person chooses means of recovery. */
export const stepsAfterPassword = ['joker', 'address', 'address-code', 'mobile', 'mobile-code'] as const
