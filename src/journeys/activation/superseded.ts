import type { PersonId } from '../../directory/directory.ts'
import type { Tx } from '../../store/store.ts'
import type { Journey } from '../journey.ts'
import type { Active, State } from './activation.ts'
import type { ActivationDeps } from './deps.ts'

/**
 * After the password, the steps of an activation ask for no further proof, and the page may stay open on a shared computer.
 * So the journey ends as soon as its owner has signed in or set up a factor; the remaining choices are then made in the
 * account, which asks for its own proofs. Returns `null` when the journey has ended, otherwise whether a joker exists.
 */
export const continueUnlessSuperseded = async (
  {
    activationCodes,
    secondFactor,
    journeys,
  }: Pick<ActivationDeps, 'activationCodes' | 'secondFactor' | 'journeys'>,
  tx: Tx,
  journey: Journey<Extract<State, Active<string>>>,
): Promise<{ joker: boolean } | null> => {
  const person: PersonId = journey.state.person
  const [{ because, joker }, factors] = [
    await activationCodes.activity(person, tx),
    await secondFactor.of(person, tx),
  ]
  const hasFactor = Object.values(factors.count).some(count => count > 0)
  if (because === 'activation' && !hasFactor) return { joker }
  await journeys.advance(tx, journey, 'signed-in', { step: 'stopped', why: 'activation-elsewhere' })
  return null
}
