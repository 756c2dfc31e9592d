/**
 * Which second factor was shown, as sessions, journeys and attempts remember it. `server`: the institution's server says
 * that it asked for one of its own.
 */
const shownFactors = ['passkey', 'authenticator', 'recovery-code', 'server'] as const
export type ShownFactor = (typeof shownFactors)[number]

export const shownFactorIn = (held: string | null | undefined): ShownFactor | null =>
  shownFactors.find(factor => factor === held) ?? null
