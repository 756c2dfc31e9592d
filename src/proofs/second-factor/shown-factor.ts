/**
 * Which second factor was shown, as sessions, journeys and attempts remember it. `server`: the institution's server says
 * that it asked for one of its own.
 */
const shownFactors = ['passkey', 'authenticator', 'recovery-code', 'server'] as const
export type ShownFactor = (typeof shownFactors)[number]

/** What a person puts in service and takes away, as it is called once it was shown. */
export const shownBy = {
  authenticator: 'authenticator',
  passkey: 'passkey',
  'recovery-codes': 'recovery-code',
} as const satisfies Record<string, ShownFactor>

export const shownFactorIn = (held: string | null | undefined): ShownFactor | null =>
  shownFactors.find(factor => factor === held) ?? null
