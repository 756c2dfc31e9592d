import { days, hours, minutes, seconds } from '../clock.ts'

type LimitDefinition = {
  readonly value: number
  readonly unit: 'times' | 'milliseconds'
  readonly description: string
}

const times = (value: number, description: string) =>
  ({ value, unit: 'times', description }) as const satisfies LimitDefinition
const duration = (value: number, description: string) =>
  ({ value, unit: 'milliseconds', description }) as const satisfies LimitDefinition

/** All security limits: `limits:` in `sesame.yaml` overrides them, `docs/reference/limits.md` lists them. */
export const limitDefinitions = {
  identificationPerNetwork: times(60, 'Identifications from one network in the window below; beyond it 429.'),
  identificationWindow: duration(minutes(10), 'Window of the limit above.'),
  campusFactor: times(20, 'Factor by which the limits of a configured campus network are higher.'),
  identificationPerNumber: times(
    30,
    'Identifications with the same number in the window below. Beyond it none is refused, but each answer is delayed by 1 to 5 s, whether the number exists or not.',
  ),
  identificationNumberWindow: duration(hours(1), 'Window of the limit above.'),
  identificationMaxDelay: duration(seconds(5), 'The longest of these delays.'),
  identificationFloor: duration(
    250,
    'Identification and sign-in are answered at the next multiple of this time after the request arrived, so that the duration does not show who exists.',
  ),
  journeysPerNetwork: times(200, 'Journeys of one network that may be open at the same time.'),
  journeyIdle: duration(minutes(15), 'Time after its last accepted step at which a journey ends.'),
  journeyMaxAge: duration(
    minutes(60),
    'Time after its first step at which a journey ends; one whose password was written just before stays readable for `journeyIdle` more.',
  ),
  jokerTries: times(5, 'Wrong joker answers in the window below, before the question is suspended.'),
  jokerTriesKnownBrowser: times(3, 'The same for a known browser.'),
  jokerTriesKnownBrowsers: times(
    6,
    'The same for all known browsers of one person together; beyond it they count as any other browser.',
  ),
  jokerWindow: duration(
    hours(24),
    'Rolling window of wrong answers; a right answer does not reset the count.',
  ),
  jokerSuspension: duration(
    hours(24),
    'Duration of the first suspension; each further one is twice as long.',
  ),
  jokerLongestSuspension: duration(days(30), 'The longest suspension.'),
  jokerWrongPerNetwork: times(
    2000,
    'Wrong joker answers from one network in the window above, whoever they are about; beyond it its answers are refused with 429.',
  ),
  proofChangesPerPerson: times(
    30,
    'Jokers, sheets of codes, apps and passkeys that one signed-in person begins to set up in 24 hours; beyond it 429. A removal is never refused.',
  ),
  activationTries: times(10, 'Wrong activation codes for one person from one network in the window below.'),
  activationWindow: duration(hours(1), 'Window of the limit above.'),
  activationReopened: duration(
    days(7),
    'How long an account without joker that the helpdesk unfroze accepts an activation code again.',
  ),
  activationByMail: duration(hours(24), 'How long an activation code sent by mail is valid.'),
  activationByLetter: duration(days(30), 'How long a printed activation code, sent by letter, is valid.'),
  helpdeskCode: duration(hours(1), 'How long a code is valid that the helpdesk hands over for a recovery.'),
  codeTries: times(
    5,
    'Wrong tries of a code sent to an address or a mobile; beyond it a new code must be requested, or in a recovery the journey begun again.',
  ),
  codeLife: duration(minutes(10), 'How long such a code is valid.'),
  codesPerDestination: times(
    5,
    'Codes sent to one address or mobile in the window below; variants of an address that lead to one mailbox count as one (`name+tag@`).',
  ),
  codesWindow: duration(hours(1), 'Window of the limit above.'),
  codesPerDestinationPerDay: times(20, 'The same in 24 hours.'),
  codesPerPersonPerDay: times(
    10,
    'Codes that confirm an address or mobile, sent for one person in 24 hours, to any destination.',
  ),
  codesPerNetworkPerDay: times(
    300,
    'Codes by mail requested from one network in 24 hours; × campusFactor for a campus network.',
  ),
  proofCodesPerNetwork: times(
    5,
    'Codes that prove in a journey who somebody is, asked for from one network for one person in the window below; the known browsers of the person together may ask for as many of their own.',
  ),
  proofCodesPerPerson: times(
    10,
    'The same for one person from all networks together, known browsers not counted; in an hour, as many as go to one destination.',
  ),
  proofCodesPace: duration(
    hours(2),
    'Once that for all networks is reached, one network that has asked for fewer than its own gets one more all the same, once in this time.',
  ),
  proofCodesWindow: duration(
    hours(24),
    'Window of the first two limits above: whoever reaches one is told when the next code can be asked for, and may prove who they are in another way.',
  ),
  messagesPerDay: times(
    1000,
    'Text messages a day, for all people together; once they are used up, no mobile is offered until the next day.',
  ),
  messagesPercentPerNetwork: times(20, 'The share of them that one network may use, in percent.'),
  messagesPercentPerCampus: times(80, 'The same for a configured campus network, in percent.'),
  messagesAlertPercent: times(
    80,
    'The share of them at which the helpdesk is alerted, once a day, in percent.',
  ),
  refusalsPerJourney: times(
    20,
    'New passwords refused by the rules before the journey ends; in a change of password, within changeWindow before the form is refused for a while.',
  ),
  mailsPerHour: times(
    5,
    'Mails of one kind about one person to one mailbox in an hour; further events are combined in a later mail.',
  ),
  mailsPerDay: times(20, 'Mails of one kind about one person to one mailbox in a day.'),
  eventsPerMail: times(30, 'Events that one mail lists one by one; of older ones it gives only the number.'),
  postsPerSecond: times(
    50,
    'Forms that all processes on one store admit in a second; beyond it they wait up to 2 s, then 503 with a page that reloads by itself. The network that is heaviest relative to its allowance is refused first; a fifth is reserved for known browsers and sessions. See docs/decisions/019-fair-limit.md.',
  ),
  postsPerSecondPerNetwork: times(
    20,
    'Forms from one network in a second, in each process; beyond it 429 at no cost. A campus: campusFactor times as many. Neither is ever above four fifths of postsPerSecond.',
  ),
  failedBinds: times(
    10,
    'The lock-out threshold that the portal assumes where the directory states none: wrong passwords of one name, of which strangers may use half, known browsers and sessions of that person a quarter.',
  ),
  failedBindsWindow: duration(
    minutes(15),
    'Window of the limit above: the failures of a name are forgotten this long after the last of them.',
  ),
  failedBindsInARow: times(
    100,
    'Consecutive wrong passwords of one name, whatever the window; beyond it none is tried until its owner succeeds (NIST SP 800-63B).',
  ),
  failedNamesPerNetwork: times(
    300,
    'Names for which one network failed in the window below, known browsers and sessions not counted; each person who signs in from there gives one back. Beyond it a tenth in each lock-out interval, then 429 for that network.',
  ),
  failedNamesWindow: duration(hours(24), 'Window of the limit above.'),
  signInPerNetwork: times(60, 'Sign-ins from one network in the window below; beyond it 429.'),
  signInWindow: duration(minutes(10), 'Window of the limit above.'),
  changeWindow: duration(
    hours(1),
    'Window in which refused new passwords of one person are counted in a change of password.',
  ),
  addressesPerKind: times(3, 'Recovery addresses of one person, and the same number of mobiles.'),
  recentChange: duration(
    days(30),
    'For this long after its confirmation an address gets mails whose button only closes recovery. What was added this shortly before a recovery can be removed during recoveryCoolDown.',
  ),
  newContactDelay: duration(
    hours(24),
    'For this long after its confirmation no code of a recovery goes to an address or a mobile, where its person has an older one, or an older joker or sheet of codes; and for this long a new passkey or sheet proves no recovery.',
  ),
  recoveryCoolDown: duration(
    hours(24),
    'For this long after a recovery by proofs that can be phished, or that somebody assisted, the addresses, mobiles, factors and joker that a person had stay as they are: none is added or replaced, and only recent ones (recentChange) are removed.',
  ),
  firstDayPutOffs: times(3, 'How often a person without joker or recovery address may postpone them.'),
  sessionIdle: duration(minutes(30), 'Time after its last page at which a session ends.'),
  sessionMaxAge: duration(hours(8), 'Time after the sign-in at which a session ends in any case.'),
  sessionFresh: duration(
    minutes(10),
    'Sensitive changes require an authentication that is not older than this.',
  ),
  sessionTouchInterval: duration(
    minutes(1),
    'Shortest interval at which the last activity of a session is recorded.',
  ),
  sessionsPerPerson: times(20, 'Sessions of one person; a further one ends the oldest.'),
  knownBrowser: duration(days(365), 'How long a browser stays known after a success.'),
  knownBrowsersPerPerson: times(20, 'Known browsers of one person; a further one replaces the oldest.'),
  recoveryCodesPerSheet: times(8, 'Codes of a printed sheet; the first one typed puts the sheet in service.'),
  factorPending: duration(
    minutes(15),
    'A second factor must be used once within this time, or its enrolment is deleted.',
  ),
  passkeyChallenge: duration(minutes(5), 'How long the challenge of a passkey is valid.'),
  passkeysPerPerson: times(10, 'Passkeys of one person.'),
  pendingSignIn: duration(minutes(10), 'How long a sign-in waits for a passkey or a second factor.'),
  pendingSignInTries: times(
    10,
    'Refused answers in one pending sign-in, before it starts again from the password.',
  ),
  externalSignIn: duration(
    minutes(15),
    'How long a sign-in at the institution’s server may take, where one is configured.',
  ),
  externalSignInTries: times(10, 'Responses of that server that are accepted for one such sign-in.'),
  factorTries: times(
    5,
    'Wrong codes of a second factor of one person in the window below; a passkey is still accepted.',
  ),
  factorWindow: duration(minutes(15), 'Window of the limit above.'),
  factorTriesPerDay: times(20, 'The same in 24 hours.'),
  notMeToken: duration(days(7), 'How long the link « Ce n’est pas moi » of a mail is valid.'),
  recoveryClosed: duration(
    days(7),
    'How long « Ce n’est pas moi » closes recovery, where the mail only reported attempts.',
  ),
  serviceLogins: times(
    2,
    'Refused trial logins of one person at one service in the window below; beyond it none is made, so that no check locks an account.',
  ),
  serviceLoginsWindow: duration(minutes(15), 'Window of the limit above.'),
  receipt: duration(hours(24), 'How long the receipt of a change can be read.'),
  sealedPassword: duration(
    hours(72),
    'How long a sealed password is kept at most, until its attempt or delivery is settled.',
  ),
  departedKept: duration(
    days(365),
    'What is kept of a person is erased once their entry has been gone from the directory for this time.',
  ),
  purgeJourneys: duration(hours(24), 'Ended journeys and settled attempts are deleted after this time.'),
  purgeCounters: duration(
    hours(48),
    'Wrong joker answers are deleted after this time; other counters with their window.',
  ),
  purgeSuspensions: duration(
    days(400),
    'The count of suspensions of a question is deleted this long after its last answer.',
  ),
  purgeMails: duration(days(2), 'Mails that were sent or abandoned are deleted after this time.'),
  purgeDetails: duration(
    days(365),
    'Personal details of the audit log are erased after this time, and events from before a proof are deleted; the rest still verifies.',
  ),
} as const satisfies Record<string, LimitDefinition>

export type LimitName = keyof typeof limitDefinitions
export type Limits = { readonly [name in LimitName]: number }

export const defaultLimits = Object.fromEntries(
  Object.entries(limitDefinitions).map(([name, { value }]) => [name, value]),
) as Limits
