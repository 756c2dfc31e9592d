import fc from 'fast-check'
import type { House } from '../../src/house.ts'
import type { Traveller } from '../world/crowd.ts'
import { newVisitor } from '../world/visitor.ts'

/**
 * What an attacker may send, in any order, from two browsers, and what must never follow: the form of the new password,
 * or a written password, for whoever did not identify that person and give the right answer in that very browser.
 */
export type Action =
  | { readonly kind: 'identify'; readonly browser: number; readonly person: number; readonly right: boolean }
  | {
      readonly kind: 'answer'
      readonly browser: number
      readonly right: boolean
      readonly ref: 'own' | 'other' | 'none'
    }
  | {
      readonly kind: 'choose'
      readonly browser: number
      readonly ref: 'own' | 'other' | 'none'
      readonly charter: boolean
    }
  | {
      readonly kind: 'show'
      readonly browser: number
      readonly right: boolean
      readonly ref: 'own' | 'other' | 'none'
    }
  | { readonly kind: 'guess'; readonly browser: number; readonly times: number }
  | {
      readonly kind: 'look'
      readonly browser: number
      readonly page: 'nouveau' | 'termine' | 'verification' | 'question-joker' | 'second-element'
    }
  | { readonly kind: 'replay'; readonly browser: number; readonly which: number }
  | { readonly kind: 'foreign'; readonly browser: number }
  | { readonly kind: 'lose-cookies'; readonly browser: number }
  | { readonly kind: 'wait'; readonly minutes: number }

const browser = fc.nat({ max: 1 })
const ref = fc.constantFrom('own', 'own', 'own', 'other', 'none')
const mostly = fc.constantFrom(true, true, true, false)

export const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('identify'),
      browser,
      person: fc.nat({ max: 1 }),
      right: mostly,
    }),
  },
  { weight: 9, arbitrary: fc.record({ kind: fc.constant('answer'), browser, right: fc.boolean(), ref }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('show'), browser, right: mostly, ref }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('guess'), browser, times: fc.integer({ min: 2, max: 6 }) }),
  },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('choose'), browser, ref, charter: mostly }) },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('look'),
      browser,
      page: fc.constantFrom(
        'nouveau',
        'nouveau',
        'termine',
        'verification',
        'question-joker',
        'second-element',
      ),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('replay'), browser, which: fc.nat({ max: 40 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('foreign'), browser }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('lose-cookies'), browser }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('wait'), minutes: fc.constantFrom(1, 9, 16) }) },
) as fc.Arbitrary<Action>

const joker = '/fr/mot-de-passe/question-joker'
const choose = '/fr/mot-de-passe/nouveau'
const factor = '/fr/mot-de-passe/second-element'

type Browser = {
  visitor: ReturnType<typeof newVisitor>
  /** Whom this browser's journey identified, and whether the right answer was given in it and accepted. */
  journey: { person: Traveller | null; proved: boolean }
  ref: string
  /** Whose success this browser remembers. */
  known: string
}
type Sent = { path: string; body: Record<string, string> }

/** Where the sequences are walked. `apps`: what the authenticator app of some people shows: now, and one step around. */
export type World = {
  readonly url: string
  readonly house: House
  readonly forward: (milliseconds: number) => void
  readonly apps: ReadonlyMap<string, () => readonly string[]>
}

let unique = 0

/** Walks one sequence; throws what it found when the portal let through what it must not. */
export const walk = async (
  given: World & { pair: readonly Traveller[] },
  actions: readonly Action[],
): Promise<number> => {
  const { url, house, pair, forward, apps } = given
  const browsers: Browser[] = [0, 1].map(() => ({
    visitor: newVisitor(url, { connection: 'close' }),
    journey: { person: null, proved: false },
    ref: '',
    known: '',
  }))
  const at = (index: number) => browsers[index % 2] as Browser
  const sent: Sent[] = []
  /** Wrong answers that were certainly counted, by person and by kind of browser. */
  const wrong = new Map<string, number>()
  /** Digits that served: they must not serve again. */
  const served = new Set<string>()
  let requests = 0

  const written = async () =>
    (
      await house.store.read
        .selectFrom('audit_events')
        .select('chain')
        .where('kind', '=', 'password.written')
        .where(
          'chain',
          'in',
          pair.map(({ id }) => id),
        )
        .execute()
    ).map(({ chain }) => chain)

  const post = async (one: Browser, path: string, body: Record<string, string>) => {
    requests += 1
    sent.push({ path, body })
    const { cookies } = one.visitor
    const [journey, known] = [cookies.get('__Host-journey'), cookies.get('__Host-known')]
    const answer = await one.visitor.post(path, body)
    if (cookies.get('__Host-journey') !== journey) one.ref = ''
    // A browser is known to the last person who succeeded in it.
    if (cookies.get('__Host-known') !== known) one.known = one.journey.person?.id ?? ''
    return answer
  }

  const refOf = async (one: Browser, which: 'own' | 'other' | 'none') => {
    if (which === 'none') return ''
    const owner = which === 'own' ? one : (browsers.find(other => other !== one) as Browser)
    if (owner.ref) return owner.ref
    requests += 2
    for (const page of [joker, factor, choose])
      owner.ref ||= owner.visitor.refIn((await owner.visitor.get(page)).html)
    return owner.ref
  }

  const identified = (body: Record<string, string>) =>
    pair.find(({ number, date }) => body.numero === number && body.naissance === date) ?? null

  const keyOf = (one: Browser) => {
    const { person } = one.journey
    return `${person?.id}:${person && one.known === person.id ? one.visitor.cookies.get('__Host-known') : 'stranger'}`
  }
  const triesOf = (one: Browser) => (one.journey.person && one.known === one.journey.person.id ? 3 : 5)

  /** The right answer led to the new password: was it in time, and was nothing more to be shown? */
  const learnRight = (one: Browser, person: Traveller, spent: boolean) => {
    if (spent) throw new Error('a right answer passed after the last try')
    if (apps.has(person.id) && !one.journey.proved)
      throw new Error('the second factor was skipped: the joker led on without a proof')
    one.journey.proved = true
  }

  /** The one place where a proof is believed: right words, in a journey that identified a person, with tries left. */
  const learn = (one: Browser, body: Record<string, string>, location: string | null, counted: boolean) => {
    const { person } = one.journey
    if (!person) return
    const key = keyOf(one)
    const spent = (wrong.get(key) ?? 0) >= triesOf(one)
    if (body.reponse === 'rex') {
      if (location?.endsWith('/nouveau')) learnRight(one, person, spent)
    } else if (counted) wrong.set(key, (wrong.get(key) ?? 0) + 1)
  }

  /** Somebody who has an app: the right answer leads to it, and only its digits of this moment lead on, once. */
  const learnShown = (one: Browser, code: string, shown: readonly string[], location: string | null) => {
    if (!location?.endsWith('/nouveau')) return
    const key = `${one.journey.person?.id}:${code}`
    if (one.journey.proved) return
    if (!shown.includes(code) || served.has(key))
      throw new Error('the second factor was passed without a proof')
    served.add(key)
    one.journey.proved = true
  }

  const learnWritten = (one: Browser, before: readonly string[], after: readonly string[]) => {
    if (after.length === before.length) return
    const changed = after.find((chain, index) => chain !== before[index])
    if (!(one.journey.proved && after.includes(one.journey.person?.id ?? '')))
      throw new Error(`the password of ${changed} was written without a proof`)
    one.journey.proved = false
  }

  const send = async (one: Browser, path: string, body: Record<string, string>, fresh: boolean) => {
    const before = await written()
    const shown = apps.get(one.journey.person?.id ?? '')?.() ?? []
    const answer = await post(one, path, body)
    if (path.includes('identification') && answer.status === 303)
      one.journey = { person: identified(body), proved: false }
    if (path === factor) learnShown(one, body.code ?? '', shown, answer.location)
    if (path === joker && body.reponse !== undefined)
      learn(
        one,
        body,
        answer.location,
        fresh && answer.status === 422 && answer.html.includes('id="reponse-erreur"'),
      )
    learnWritten(one, before, await written())
    return answer
  }

  const look = async (one: Browser, page: string) => {
    requests += 1
    const { status, html } = await one.visitor.get(`/fr/mot-de-passe/${page}`)
    if (page === 'nouveau' && status === 200 && html.includes('name="nouveau"') && !one.journey.proved)
      throw new Error('the form of the new password was shown without a proof')
  }

  const answerWith = async (one: Browser, reponse: string, which: 'own' | 'other' | 'none') =>
    send(one, joker, { reponse, demarche: await refOf(one, which) }, which === 'own')

  const wrongAnswer = () => {
    unique += 1
    return `faux ${unique}`
  }
  const newPassword = () => {
    unique += 1
    return `Tr0mbone&Cascade-${unique}`
  }

  type Act<K extends Action['kind']> = (step: Extract<Action, { kind: K }>, one: Browser) => Promise<unknown>
  const acts: { readonly [K in Action['kind']]: Act<K> } = {
    wait: async ({ minutes }) => forward(minutes * 60_000),
    look: ({ page }, one) => look(one, page),
    identify: ({ person, right }, one) => {
      const { number, date } = pair[person] as Traveller
      const path = '/fr/mot-de-passe/identification/numero-personnel'
      return send(one, path, { numero: number, naissance: right ? date : '3/3/1983' }, true)
    },
    answer: (step, one) => answerWith(one, step.right ? 'rex' : wrongAnswer(), step.ref),
    show: async (step, one) => {
      const digits = apps.get(one.journey.person?.id ?? '')?.()[0] ?? '000000'
      const code = step.right ? digits : '000000'
      return send(one, factor, { code, demarche: await refOf(one, step.ref) }, true)
    },
    guess: async ({ times }, one) => {
      for (let tried = 0; tried < times; tried += 1) await answerWith(one, wrongAnswer(), 'own')
    },
    choose: async (step, one) => {
      const nouveau = newPassword()
      const demarche = await refOf(one, step.ref)
      const body = { nouveau, confirmation: nouveau, demarche, ...(step.charter && { charte: 'oui' }) }
      return send(one, choose, body, true)
    },
    replay: async ({ which }, one) => {
      const again = sent[which % Math.max(1, sent.length)]
      if (again) await send(one, again.path, again.body, false)
    },
    foreign: async (_, one) => {
      requests += 1
      const nouveau = newPassword()
      const before = (await written()).length
      const body = { nouveau, confirmation: nouveau, charte: 'oui', demarche: one.ref }
      await one.visitor.post(choose, body, { 'sec-fetch-site': 'cross-site' })
      if ((await written()).length > before) throw new Error('a foreign page wrote without a proof')
    },
    // A browser that loses its cookies loses its journey: nothing of it may be left.
    'lose-cookies': async (_, one) => {
      one.visitor.cookies.clear()
      one.journey = { person: null, proved: false }
      one.known = ''
      one.ref = ''
    },
  }

  for (const step of actions) await acts[step.kind](step as never, at('browser' in step ? step.browser : 0))
  return requests
}
