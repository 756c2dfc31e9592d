import { publicRef } from '../../src/journeys/steps/guard.ts'
import { digestOf } from '../../src/keys.ts'
import type { By, FormAction, Kind, Towards, Which } from './actions.ts'
import { pathsOf } from './expectations.ts'
import { codesOfApp } from './proofs.ts'
import type { Browser, Hands, Request, Walk } from './request-sender.ts'
import type { World } from './run-sequence.ts'
import { aliveSession, halfOf, type Journey, journeyOf } from './state.ts'

let unique = 0
/** The same seed then sends the same. */
export const restart = () => {
  unique = 0
}
export const next = () => {
  unique += 1
  return unique
}

export type Deps = { readonly walk: Walk; readonly world: World; readonly hands: Hands }
export type Prepared = Promise<Request | null>
export type Prepare<Name extends FormAction['kind']> = (
  step: Extract<FormAction, { kind: Name }>,
  browser: Browser,
) => Prepared

export const chosen = (charter: boolean) => {
  const nouveau = `Tr0mbone&Cascade-${next()}`
  return { nouveau, confirmation: nouveau, ...(charter && { charte: 'oui' }) }
}

export const newPlace = (kind: Kind, { name }: Browser) =>
  kind === 'mail' ? `b${name}-${next()}@ailleurs.example` : `06${String(10_000_000 + (next() % 90_000_000))}`

/** What is typed as the second factor of somebody. */
const codesFor = ({ walk, world }: Pick<Deps, 'walk' | 'world'>) => {
  const { secrets } = walk
  return (person: string, by: By): string => {
    const { apps, sheets, served } = walk.state
    const letters = apps.get(person)
    const shown = letters ? codesOfApp(letters, world.now()) : []
    // The next one is taken too: its owner's clock may be a little ahead.
    const [digits = shown[0]] = [shown[0], shown[2]].filter(code => !served.has(`app:${person}:${code}`))
    const [unused] = sheets.get(person) ?? []
    const gone = (secrets.printed.get(person) ?? []).filter(code => !sheets.get(person)?.includes(code))
    const another = [...sheets].find(([id, codes]) => id !== person && codes.length > 0)?.[1][0]
    const typed: Readonly<Record<By, string | undefined>> = {
      app: digits ?? unused,
      'used-digits': shown.find(code => served.has(`app:${person}:${code}`)),
      paper: unused,
      // Used up, of a sheet that another replaced, or of one that was never put in service.
      'used-paper': gone[next() % Math.max(1, gone.length)],
      'of-another': another,
      wrong: '000000',
    }
    return typed[by] ?? '000000'
  }
}

/** Where browsers stand, and what their owners know. */
export const actingOf = (parts: Deps) => {
  const { walk, world } = parts
  const otherOf = (browser: Browser) => walk.browsers[1 - browser.name] as Browser
  const journeyIn = ({ client }: Browser): Journey | null => journeyOf(walk.state, client.cookies())

  return {
    otherOf,
    journeyIn,
    idOf: (person: number) => walk.people[person]?.id ?? '',
    personIn: (browser: Browser) => journeyIn(browser)?.person ?? '',
    sessionOf: ({ client }: Browser) => aliveSession(walk.state, client.cookies(), world.now()),
    signedIn: ({ client }: Browser) => aliveSession(walk.state, client.cookies(), world.now())?.person ?? '',
    waiting: ({ client }: Browser) => halfOf(walk.state, client.cookies(), world.now())?.person ?? '',
    startOf: (browser: Browser, towards: Towards = 'own') =>
      pathsOf[towards === 'own' ? (journeyIn(browser)?.journeyKind ?? 'password') : towards],
    /** The hidden field of a journey's forms: whoever holds the handle knows it. */
    refOf: (browser: Browser, which: Which = 'own') => {
      const { journey } = (which === 'other' ? otherOf(browser) : browser).client.cookies()
      return which === 'none' || journey === '' ? '' : publicRef({ id: digestOf(journey) })
    },
    passwordOf: (person: string, right: boolean) =>
      (right && walk.state.passwords.get(person)) || 'Faux-Passage-77',
    codeOf: codesFor(parts),
    /** A code as it lies in the mailbox or on the telephone to which this journey or session had it sent. */
    readCode: async ({ client }: Browser, from: 'journey' | 'account', kind: Kind) => {
      const cookies = client.cookies()
      const holder =
        from === 'journey' ? journeyOf(walk.state, cookies) : aliveSession(walk.state, cookies, world.now())
      const to = holder?.sentTo[kind]
      const code = to && (await world.codeAt(to))
      if (to && code) walk.secrets.sent.set(code, to)
      return code || '00000000'
    },
  }
}

export type Acting = ReturnType<typeof actingOf>
