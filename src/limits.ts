import { days, hours, minutes, seconds } from './clock.ts'

/** The figures of safety, in one place: `limits:` in `sesame.yaml` overrides them, `docs/reference/limits.md` prints them. */
export const defaultLimits = {
  /** Identification: accepted posts of one network, and how much wider a configured campus network is. */
  identificationPerNetwork: 60,
  identificationWindow: minutes(10),
  campusFactor: 20,
  /** A number typed again and again is never refused, only answered late, known or not. */
  identificationPerNumber: 30,
  identificationNumberWindow: hours(1),
  identificationSlowest: seconds(5),
  /** Every identification answers at a multiple of this after its arrival. */
  identificationBeat: 250,
  journeysPerNetwork: 200,
  journeyIdle: minutes(15),
  journeyWhole: minutes(60),
  /** Wrong joker answers over a rolling day, before the question closes; a known browser counts apart. */
  jokerTries: 5,
  jokerTriesKnownBrowser: 3,
  jokerWindow: hours(24),
  jokerSuspension: hours(24),
  jokerLongestSuspension: days(30),
  /** Wrong answers kept for people who do not exist, per network: beyond it the oldest are forgotten. */
  unknownTriesPerNetwork: 2000,
  refusalsPerJourney: 20,
  mailsPerHour: 5,
  mailsPerDay: 20,
  postsPerSecond: 50,
  /** Failed binds of one account, for the sign-in page and the check against the current password. */
  failedBinds: 5,
  failedBindsWindow: minutes(15),
  signInPerNetwork: 60,
  signInWindow: minutes(10),
  knownBrowser: days(365),
  notMeToken: days(7),
  recoveryClosed: days(7),
  /** A password waits sealed for its settlement no longer than this. */
  sealedPassword: hours(72),
  purgeJourneys: hours(24),
  purgeCounters: hours(48),
} as const

export type Limits = { readonly [name in keyof typeof defaultLimits]: number }
