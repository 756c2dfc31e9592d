import type { PersonId } from '../../directory/directory.ts'
import type { Tx } from '../../store/store.ts'
import type { Journey } from '../journey.ts'
import type { Active, State } from './activation.ts'
import type { Deps } from './deps.ts'

/**
 * After its password an activation asks for nothing more, and may be left open where others sit. It writes while its owner
 * has done nothing elsewhere: with a sign-in, or a factor, it ends, and the rest is chosen in the account, behind the
 * proofs of the account. `null`: it has ended.
 */
export const endIfSuperseded = async (
  { activationCodes, secondFactor, journeys }: Pick<Deps, 'activationCodes' | 'secondFactor' | 'journeys'>,
  tx: Tx,
  journey: Journey<Extract<State, Active<string>>>,
): Promise<{ joker: boolean } | null> => {
  const person: PersonId = journey.state.person
  const [{ because, joker }, factors] = [
    await activationCodes.activity(person, tx),
    await secondFactor.of(person, tx),
  ]
  const holds = factors.passkeys > 0 || factors.authenticator || factors.codesLeft > 0
  if (because === 'activation' && !holds) return { joker }
  await journeys.advance(tx, journey, 'superseded', stoppedBySignIn)
  return null
}

/** A sign-in ends it too, in the transaction that opens the session. */
export const stoppedBySignIn = { step: 'stopped', why: 'activation-elsewhere' } as const

/** The states after the password, in which something is still chosen. */
export const stepsAfterPassword = ['joker', 'address', 'address-code', 'mobile', 'mobile-code'] as const
