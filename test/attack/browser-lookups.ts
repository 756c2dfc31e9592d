import { digestOf } from '../../src/crypto/crypto.ts'
import { publicRef } from '../../src/journeys/steps/guard.ts'
import type { ContactKind, FactorInput, FormAction, Ownership, TargetJourney } from './actions.ts'
import { pathsOf } from './expectations.ts'
import { codesOfApp } from './proofs.ts'
import type { Browser, FormRequest, RequestSender, SequenceRun } from './request-sender.ts'
import type { AttackTarget } from './run-sequence.ts'
import { activeSession, type Journey, journeyOf, pendingSignInOf } from './state.ts'

let unique = 0
/** Restarts the numbers, so that the same seed sends the same data. */
export const resetNumbers = () => {
  unique = 0
}
export const nextNumber = () => {
  unique += 1
  return unique
}

export type Deps = {
  readonly run: SequenceRun
  readonly target: AttackTarget
  readonly sender: RequestSender
}
export type PreparedForm = Promise<FormRequest | null>
export type PrepareForm<Name extends FormAction['kind']> = (
  step: Extract<FormAction, { kind: Name }>,
  browser: Browser,
) => PreparedForm

export const chosen = (charter: boolean) => {
  const nouveau = `Tr0mbone&Cascade-${nextNumber()}`
  return { nouveau, confirmation: nouveau, ...(charter && { charte: 'oui' }) }
}

export const newContact = (kind: ContactKind, { name }: Browser) =>
  kind === 'mail'
    ? `b${name}-${nextNumber()}@ailleurs.example`
    : `06${String(10_000_000 + (nextNumber() % 90_000_000))}`

/** The code that is typed as the second factor of a person. */
const codesFor = ({ run, target }: Pick<Deps, 'run' | 'target'>) => {
  const { secrets } = run
  return (person: string, by: FactorInput): string => {
    const { apps, sheets, used } = run.state
    const appSecret = apps.get(person)
    const shown = appSecret ? codesOfApp(appSecret, target.now()) : []
    // The code of the next step is accepted too: the clock of an app may be a little ahead.
    const [digits = shown[0]] = [shown[0], shown[2]].filter(code => !used.has(`app:${person}:${code}`))
    const [unused] = sheets.get(person) ?? []
    const gone = (secrets.printed.get(person) ?? []).filter(code => !sheets.get(person)?.includes(code))
    const another = [...sheets].find(([id, codes]) => id !== person && codes.length > 0)?.[1][0]
    const typed: Readonly<Record<FactorInput, string | undefined>> = {
      app: digits ?? unused,
      'used-digits': shown.find(code => used.has(`app:${person}:${code}`)),
      paper: unused,
      // A used code, or one of a sheet that was replaced or never put in service.
      'used-paper': gone[nextNumber() % Math.max(1, gone.length)],
      'of-another': another,
      wrong: '000000',
    }
    return typed[by] ?? '000000'
  }
}

/** Reads the expected state for a browser: its journey, its session, and the secrets of its person. */
export const createLookups = (parts: Deps) => {
  const { run, target } = parts
  const otherOf = (browser: Browser) => run.browsers[1 - browser.name] as Browser
  const journeyIn = ({ client }: Browser): Journey | null => journeyOf(run.state, client.cookies())

  return {
    otherOf,
    journeyIn,
    idOf: (person: number) => run.people[person]?.id ?? '',
    personIn: (browser: Browser) => journeyIn(browser)?.person ?? '',
    sessionOf: ({ client }: Browser) => activeSession(run.state, client.cookies(), target.now()),
    signedIn: ({ client }: Browser) => activeSession(run.state, client.cookies(), target.now())?.person ?? '',
    waiting: ({ client }: Browser) =>
      pendingSignInOf(run.state, client.cookies(), target.now())?.person ?? '',
    startOf: (browser: Browser, towards: TargetJourney = 'own') =>
      pathsOf[towards === 'own' ? (journeyIn(browser)?.journeyKind ?? 'password') : towards],
    /** The hidden field that names the journey in its forms: it can be computed from the handle. */
    refOf: (browser: Browser, which: Ownership = 'own') => {
      const { journey } = (which === 'other' ? otherOf(browser) : browser).client.cookies()
      return which === 'none' || journey === '' ? '' : publicRef({ id: digestOf(journey) })
    },
    passwordOf: (person: string, right: boolean) =>
      (right && run.state.passwords.get(person)) || 'Faux-Passage-77',
    codeOf: codesFor(parts),
    /** The newest code that this journey or session had sent by mail or text message. */
    readCode: async ({ client }: Browser, from: 'journey' | 'account', kind: ContactKind) => {
      const cookies = client.cookies()
      const holder =
        from === 'journey' ? journeyOf(run.state, cookies) : activeSession(run.state, cookies, target.now())
      const to = holder?.sentTo[kind]
      const code = to && (await target.codeAt(to))
      if (to && code) run.secrets.sent.set(code, to)
      return code || '00000000'
    },
  }
}

export type Lookups = ReturnType<typeof createLookups>
