/**
 * The second factor that was used, as sessions, journeys and attempts store it. `server`: the institution's identity server
 * states that it asked for a factor of its own.
 */
const shownFactors = ['passkey', 'authenticator', 'recovery-code', 'server'] as const
export type ShownFactor = (typeof shownFactors)[number]

/** The used factor that corresponds to each factor that a person can enrol and remove. */
export const shownBy = {
  authenticator: 'authenticator',
  passkey: 'passkey',
  'recovery-codes': 'recovery-code',
} as const satisfies Record<string, ShownFactor>

export const shownFactorIn = (stored: string | null | undefined): ShownFactor | null =>
  shownFactors.find(factor => factor === stored) ?? null
