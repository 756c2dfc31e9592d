import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { LimitName, limitDefinitions } from '../src/limits/limits.ts'
import { root } from './world/root.ts'

/**
 * What each limit is counted by. Strangers must not be able to keep a person out by a limit (docs/decisions/017-budgets.md): one that
 * is counted by a person names the test in which it is used up from other networks, and the owner then acts. So a new limit needs a
 * line here, and one of a person a test.
 */
type CountedBy =
  /** Counted for a person, or for their mailbox, whoever asks. */
  | { readonly by: 'person'; readonly file: string; readonly test: string }
  /** Counted for a person too, but only of what happens in their own sessions, browsers or services. */
  | { readonly by: 'owner' }
  | { readonly by: 'network' | 'everybody' | 'journey' | 'nothing' }

const ofPerson = (file: string) => (test: string) =>
  ({ by: 'person', file: `test/${file}.test.ts`, test }) as const
const budgets = ofPerson('attack/budgets')
const owner = { by: 'owner' } as const
const network = { by: 'network' } as const
const everybody = { by: 'everybody' } as const
/** Or for one sign-in, or one code. */
const journey = { by: 'journey' } as const
/** A factor, or the length of a list. */
const nothing = { by: 'nothing' } as const

const sentCodes = ofPerson('journeys/sent-proofs')(
  'of a stranger uses up neither those of a known browser nor all of another network, which is told until when and then gets one',
)
const mails = ofPerson('journeys/messages')(
  'mails that a stranger causes to an address delay no notice to its owner',
)
const proofChanges = ofPerson('journeys/proof-changes')(
  'is not used up by a stranger, nor by another person, and never keeps a factor from being removed',
)
const wrongPasswords = budgets(
  'by wrong passwords: the owner signs in from a known browser and confirms in a session',
)
const longRows = budgets(
  'twelve in a row close a name whatever the window, known or not; its owner opens it again',
)
const expiredForm = budgets(
  'by posting the form of an expired password: the signed-in owner can still change their password',
)
const numbers = budgets('by typing their number: the answer comes a few seconds later, and the owner goes on')
const jokers = budgets('by wrong jokers: a browser that signed in has tries of its own')
const activationCodes = budgets('by wrong activation codes')
const digits = budgets('by wrong codes of an app, even with the right password')
const digitsOfDay = budgets('by so many wrong codes of an app that none is accepted any more that day')

type Counted = {
  [name in LimitName]: (typeof limitDefinitions)[name]['unit'] extends 'times' ? name : never
}[LimitName]

/** Of `src/limits/limits.ts`. */
const configured: Readonly<Record<Counted, CountedBy>> = {
  identificationPerNetwork: network,
  campusFactor: nothing,
  identificationPerNumber: numbers,
  journeysPerNetwork: network,
  jokerTries: jokers,
  jokerTriesKnownBrowser: owner,
  jokerTriesKnownBrowsers: owner,
  jokerWrongPerNetwork: network,
  proofChangesPerPerson: proofChanges,
  activationTries: activationCodes,
  codeTries: journey,
  codesPerDestination: sentCodes,
  codesPerDestinationPerDay: sentCodes,
  codesPerPersonPerDay: owner,
  codesPerNetworkPerDay: network,
  proofCodesPerNetwork: sentCodes,
  proofCodesPerPerson: sentCodes,
  messagesPerDay: everybody,
  messagesPercentPerNetwork: network,
  messagesPercentPerCampus: network,
  messagesAlertPercent: nothing,
  refusalsPerJourney: expiredForm,
  mailsPerHour: mails,
  mailsPerDay: mails,
  eventsPerMail: nothing,
  postsPerSecond: everybody,
  postsPerSecondPerNetwork: network,
  failedBinds: wrongPasswords,
  failedBindsInARow: longRows,
  failedNamesPerNetwork: network,
  signInPerNetwork: network,
  addressesPerKind: owner,
  firstDayPutOffs: owner,
  sessionsPerPerson: owner,
  knownBrowsersPerPerson: owner,
  recoveryCodesPerSheet: nothing,
  passkeysPerPerson: owner,
  pendingSignInTries: journey,
  externalSignInTries: journey,
  factorTries: digits,
  factorTriesPerDay: digitsOfDay,
  serviceLogins: owner,
}

/** The counters of `src/limits/rate-limiter.ts`, by name. */
const counters: Readonly<Record<string, CountedBy>> = {
  'activation-code': activationCodes,
  'change-refused': expiredForm,
  // Codes that confirm an address are asked for by a person who is signed in or has proved who they are.
  code: mails,
  'code-day': mails,
  'code-person': owner,
  // Refuses nothing: it makes the additions of one person wait for one another.
  contact: nothing,
  factor: digits,
  'factor-day': digitsOfDay,
  'failed-names': network,
  'failed-names-of-interval': network,
  global: everybody,
  identification: network,
  'joker-known': owner,
  'joker-wrong': network,
  // One token of the institution's server.
  'logout-token': nothing,
  messages: everybody,
  'messages-asked': everybody,
  'messages-network': network,
  'messages-told': everybody,
  number: numbers,
  'proof-changes': proofChanges,
  'proof-code': sentCodes,
  'proof-code-browser': sentCodes,
  'proof-code-here': sentCodes,
  'proof-code-hour': sentCodes,
  'proof-code-network': network,
  'proof-code-own': owner,
  'proof-code-own-hour': owner,
  'proof-code-slow': sentCodes,
  'proof-code-slow-here': sentCodes,
  'sent-proof': sentCodes,
  'sent-proof-day': sentCodes,
  'service-login': owner,
  'sign-in': network,
  succeeded: network,
}

const source = join(root, 'src')
const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter(
  name => /\.tsx?$/.test(name) && !/\.test\.tsx?$/.test(name),
)
const textOf = (file: string) => readFileSync(join(source, file), 'utf8')
const found = (pattern: RegExp) =>
  files.flatMap(file =>
    [...textOf(file).matchAll(pattern)].map(([whole, name = '']) => ({ file, whole, name })),
  )

/** The only file in which the name of a counter is a parameter, and what is passed for it. */
const withParameter = { file: 'proofs/sent-code/journey-code.ts', calls: /\bcheckOf\(\s*'([\w-]+)'/g }

describe('what a limit is counted by', () => {
  it('is said for each counter', () => {
    const names = [...found(/\{\s*name: '([\w-]+)',\s*window: /g), ...found(withParameter.calls)]
    expect([...new Set(names.map(({ name }) => name))].sort()).toEqual(Object.keys(counters).sort())
  })

  it('can be read in the source: each counter has its name beside its window', () => {
    const others = found(/\{[^{}/]*\bwindow(?:\s*[:,}])/g).filter(
      ({ file, whole }) =>
        /rateLimit/i.test(textOf(file)) &&
        file !== 'limits/rate-limiter.ts' &&
        !/^\{\s*name: '[\w-]+',\s*window:$/.test(whole),
    )
    expect([...new Set(others.map(({ file }) => file))]).toEqual([withParameter.file])
  })

  const byPerson = Object.entries<CountedBy>({ ...configured, ...counters }).flatMap(([name, counted]) =>
    counted.by === 'person' ? [{ name, ...counted }] : [],
  )

  it.each(byPerson)('$name, of a person: a test uses it up and lets the owner act', ({ file, test }) => {
    expect(readFileSync(join(root, file), 'utf8')).toContain(`it('${test}'`)
  })
})
