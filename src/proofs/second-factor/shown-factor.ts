import { type FactorKind, isFactorKind } from '../proof-registry.ts'

/**
 * The second factor that was used, as sessions, journeys and attempts store it. `server`: the institution's identity server
 * states that it asked for a factor of its own.
 */
export type ShownFactor = FactorKind | 'server'

export const shownFactorIn = (stored: string | null | undefined): ShownFactor | null => {
  if (stored === 'server') return stored
  return stored && isFactorKind(stored) ? stored : null
}
