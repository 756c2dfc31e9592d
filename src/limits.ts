import { days, hours, minutes, seconds } from './clock.ts'

type LimitDefinition = {
  readonly value: number
  readonly unit: 'times' | 'milliseconds'
  readonly description: string
}

const times = (value: number, says: string): LimitDefinition => ({ value, unit: 'times', description: says })
const duration = (value: number, says: string): LimitDefinition => ({
  value,
  unit: 'milliseconds',
  description: says,
})

/** The figures of safety, in one place: `limits:` in `sesame.yaml` overrides them, `docs/reference/limits.md` prints them. */
export const limitDefinitions = {
  identificationPerNetwork: times(60, 'Identifications of one network in the window below; then 429.'),
  identificationWindow: duration(minutes(10), 'Window of the above.'),
  campusFactor: times(20, 'How much wider the limits are for a configured campus network.'),
  identificationPerNumber: times(
    30,
    'The same number typed in the window below: never refused, but answered 1 to 5 s later beyond, known or not.',
  ),
  identificationNumberWindow: duration(hours(1), 'Window of the above.'),
  identificationSlowest: duration(seconds(5), 'The longest of these delays.'),
  identificationFloor: duration(
    250,
    'Identification and sign-in answer at a multiple of this after arrival.',
  ),
  journeysPerNetwork: times(200, 'Journeys of one network that are open at once.'),
  journeyIdle: duration(minutes(15), 'A journey ends this long after its last accepted step.'),
  journeyWhole: duration(minutes(60), 'A journey ends this long after its first step, whatever was done.'),
  jokerTries: times(5, 'Wrong joker answers in the window below, before the question closes.'),
  jokerTriesKnownBrowser: times(3, 'The same for a browser in which the person succeeded before.'),
  jokerTriesKnownBrowsers: times(
    6,
    'The same for all such browsers of one person together; past it they count as anybody’s.',
  ),
  jokerWindow: duration(hours(24), 'Rolling window of wrong answers; a success forgives none.'),
  jokerSuspension: duration(hours(24), 'The first suspension; each next one is twice as long.'),
  jokerLongestSuspension: duration(days(30), 'The longest suspension.'),
  jokerWrongPerNetwork: times(
    2000,
    'Wrong joker answers of one network in the window above, about whomever; then its answers are refused with 429.',
  ),
  activationTries: times(10, 'Wrong activation codes for one person from one network in the window below.'),
  activationWindow: duration(hours(1), 'Window of the above.'),
  activationReopened: duration(
    days(7),
    'How long an account without joker that the desk unfroze takes an activation code again.',
  ),
  activationByMail: duration(hours(24), 'How long an activation code sent by mail works.'),
  activationByLetter: duration(days(30), 'How long an activation code printed on a letter works.'),
  codeTries: times(
    5,
    'Wrong tries of a code sent to an address or a mobile; then a new one must be asked for.',
  ),
  codeLife: duration(minutes(10), 'How long such a code works.'),
  codesPerDestination: times(
    5,
    'Codes sent to one address or mobile in the window below; spellings that end in one mailbox are one (`name+tag@`).',
  ),
  codesWindow: duration(hours(1), 'Window of the above.'),
  codesPerDestinationPerDay: times(20, 'The same in 24 hours.'),
  codesPerPersonPerDay: times(10, 'Codes that one person has sent in 24 hours, wherever they go.'),
  codesPerNetworkPerDay: times(
    300,
    'Codes by mail that one network has sent in 24 hours; × campusFactor for a campus network.',
  ),
  messagesPerDay: times(
    1000,
    'Text messages of a day, for everybody together; once they are spent, no mobile is offered until the next day.',
  ),
  messagesPercentPerNetwork: times(20, 'The most that one network may have of them, in percent.'),
  messagesPercentPerCampus: times(80, 'The same for a configured campus network, in percent.'),
  messagesAlertPercent: times(80, 'The desk is told once a day when so many of them are spent, in percent.'),
  refusalsPerJourney: times(
    20,
    'Passwords refused by a rule, before the journey ends, or the form of a change waits.',
  ),
  mailsPerHour: times(
    5,
    'Mails of one kind about one person to one mailbox in an hour; more are told together, later.',
  ),
  mailsPerDay: times(20, 'Mails of one kind about one person to one mailbox in a day.'),
  eventsPerMail: times(
    30,
    'Events that one mail tells one by one; of older ones it tells how many they were.',
  ),
  postsPerSecond: times(
    50,
    'Forms that all processes on one store admit in a second; what comes beyond waits up to 2 s, then 503 with a page that comes again by itself. The network that is heaviest relative to its allowance is refused first; a fifth is kept for known browsers and sessions. See docs/decisions/019-fair-limit.md.',
  ),
  postsPerSecondPerNetwork: times(
    20,
    'Forms of one network in a second, in each process; then 429 at no cost. A campus: campusFactor times as many. Neither is ever above four fifths of the whole.',
  ),
  failedBinds: times(
    10,
    'Wrong passwords of one name that the portal reckons with where the directory tells no lock-out: strangers have half, known browsers and sessions of that person a quarter.',
  ),
  failedBindsWindow: duration(
    minutes(15),
    'Window of the above: the failures of a name are forgotten so long after the last of them.',
  ),
  failedBindsInARow: times(
    100,
    'Wrong passwords of one name in a row, whatever the window; then none is tried until its owner succeeds (NIST SP 800-63B).',
  ),
  failedNamesPerNetwork: times(
    300,
    'Names for which one network, known browsers and sessions aside, failed first in the window below; each person who signs in from there gives one back. Past it a tenth in each lock-out interval, then 429 for that network.',
  ),
  failedNamesWindow: duration(hours(24), 'Window of the above.'),
  signInPerNetwork: times(60, 'Sign-ins of one network in the window below; then 429.'),
  signInWindow: duration(minutes(10), 'Window of the above.'),
  changeWindow: duration(
    hours(1),
    'Window in which the refusals of a change of password by one person are counted.',
  ),
  addressesPerKind: times(3, 'Recovery addresses of one person, and as many mobiles.'),
  recentAddress: duration(
    days(30),
    'An address confirmed since gets mails whose button only closes recovery.',
  ),
  firstDayPutOffs: times(3, 'How often a person without joker or recovery address may put them off.'),
  sessionIdle: duration(minutes(30), 'A session ends this long after the last page that it was shown.'),
  sessionWhole: duration(hours(8), 'A session ends this long after the sign-in, whatever was done.'),
  sessionFresh: duration(minutes(10), 'Sensitive changes ask for a sign-in that is no older.'),
  sessionSeen: duration(minutes(1), 'How often the last sight of a session is written, at most.'),
  sessionsPerPerson: times(20, 'Sessions of one person; one more ends the oldest.'),
  knownBrowser: duration(days(365), 'How long a browser is remembered after a success.'),
  knownBrowsersPerPerson: times(20, 'Browsers remembered of one person; one more forgets the oldest.'),
  recoveryCodesPerSheet: times(8, 'Codes of a printed sheet; the first to be typed puts it in service.'),
  factorPending: duration(
    minutes(15),
    'A second factor must be used once within this, or its enrolment is forgotten.',
  ),
  passkeyChallenge: duration(minutes(5), 'How long a passkey may take to answer.'),
  passkeysPerPerson: times(10, 'Passkeys of one person.'),
  pendingSignIn: duration(minutes(10), 'How long a sign-in waits for a passkey or a second factor.'),
  pendingSignInTries: times(
    10,
    'Answers refused in one such wait, before it starts again from the password.',
  ),
  externalSignIn: duration(
    minutes(15),
    'How long a sign-in may take at the institution’s server, where one is configured.',
  ),
  externalSignInTries: times(10, 'Answers of that server that one such sign-in may bring back.'),
  factorTries: times(
    5,
    'Wrong codes of a second factor, of one person, in the window below; a passkey still works.',
  ),
  factorWindow: duration(minutes(15), 'Window of the above.'),
  factorTriesPerDay: times(20, 'The same in 24 hours.'),
  notMeToken: duration(days(7), 'How long « Ce n’est pas moi » of a mail works.'),
  recoveryClosed: duration(days(7), 'How long it closes recovery after mere attempts.'),
  serviceLogins: times(
    2,
    'Refused trial logins of one person at one service in the window below; then none, so that no check locks an account.',
  ),
  serviceLoginsWindow: duration(minutes(15), 'Window of the above.'),
  receipt: duration(hours(24), 'How long the receipt of a change can be read again.'),
  sealedPassword: duration(hours(72), 'The longest that a password waits, sealed, for its settlement.'),
  purgeJourneys: duration(hours(24), 'Ended journeys and settled attempts are deleted after this.'),
  purgeCounters: duration(
    hours(48),
    'Wrong joker answers are deleted after this; other counters with their window.',
  ),
  purgeSuspensions: duration(
    days(400),
    'The count of suspensions of a question is forgotten this long after its last answer.',
  ),
  purgeMails: duration(days(2), 'Mails that were sent or given up are deleted after this.'),
  purgeDetails: duration(
    days(365),
    'Personal details of the audit log are erased after this, and what happened before a proof is cut; what is left still verifies.',
  ),
} as const satisfies Record<string, LimitDefinition>

export type LimitName = keyof typeof limitDefinitions
export type Limits = { readonly [name in LimitName]: number }

export const defaultLimits = Object.fromEntries(
  Object.entries(limitDefinitions).map(([name, { value }]) => [name, value]),
) as Limits
