import type { House } from '../../src/house.ts'
import type { Traveller } from '../world/crowd.ts'
import { newVisitor } from '../world/visitor.ts'
import { type Action, type Managed, pages, type Road } from './actions.ts'
import { type Browser, type Held, otherOf, pathsOf } from './beliefs.ts'
import { handsOf } from './hands.ts'

/** Where the sequences are walked. */
export type World = {
  /** Of each process: a browser's requests go now to one, now to another. */
  readonly urls: readonly string[]
  readonly house: House
  readonly now: () => number
  readonly forward: (milliseconds: number) => Promise<unknown>
  /** The code in the newest mail to this address. */
  readonly codeAt: (address: string | undefined) => Promise<string | null>
  /** An app made of the letters of its page: what it shows now, and one step around. */
  readonly appOf: (letters: string) => () => readonly string[]
}

type Which = 'own' | 'other' | 'none'

const app = '/fr/compte/application'
const minute = 60_000
/** Requests of a sequence, at least; waiting is none. */
const shortest = 30

let unique = 0
const next = () => {
  unique += 1
  return unique
}

/** Walks one sequence; throws what it found when the portal let through what it must not. */
export const walk = async (
  given: World & { readonly people: readonly Traveller[]; readonly held: Held },
  actions: readonly Action[],
): Promise<number> => {
  const { urls, people, held, now } = given
  let asked = 0
  const process = () => {
    asked += 1
    return urls[((asked * 2_654_435_761) >>> 9) % urls.length] as string
  }
  const browsers: readonly Browser[] = [0, 1].map(name => ({
    ...{ name, visitor: newVisitor(process, { 'accept-encoding': 'identity' }), journey: null, at: '' },
    ...{ ref: '', session: null, half: null, known: '', sentTo: new Map() },
  }))
  const own = { people, held, browsers, now, wrong: new Map(), served: new Set<string>() }
  const { send, foreign, look, refOf, sent } = await handsOf(given, own)

  const startOf = (one: Browser, towards: 'own' | Road = 'own') =>
    pathsOf[towards === 'own' ? (one.journey?.road ?? 'password') : towards]

  const identify = (one: Browser, road: Road, person: number, right: boolean) => {
    const { number, date } = people[person] as Traveller
    const body = { numero: number, naissance: right ? date : '3/3/1983' }
    return send(one, `${pathsOf[road].start}/identification/numero-personnel`, body)
  }
  const answerIn = async (one: Browser, reponse: string, which: Which, towards: 'own' | Road = 'own') =>
    send(one, `${startOf(one, towards).start}/question-joker`, {
      ...{ reponse, question: 'pet', demarche: await refOf(one, which) },
    })
  const rightAnswer = (one: Browser) => held.answers.get(one.journey?.person?.id ?? '') ?? 'rex'
  const wrongAnswer = () => `faux ${next()}`
  const digitsOf = (person: Traveller | null | undefined, right: boolean) =>
    (right && held.apps.get(person?.id ?? '')?.()[0]) || '000000'
  const chosen = (charter: boolean) => {
    const nouveau = `Tr0mbone&Cascade-${next()}`
    return { nouveau, confirmation: nouveau, ...(charter && { charte: 'oui' }) }
  }
  const passwordOf = (person: Traveller | null | undefined, right: boolean) =>
    (right && held.passwords.get(person?.id ?? '')) || 'Faux-Passage-77'
  const signIn = (one: Browser, person: number, right: boolean) => {
    const who = people[person] as Traveller
    return send(one, '/fr/connexion', { identifiant: who.login, motdepasse: passwordOf(who, right) })
  }
  const showHalf = (one: Browser, right: boolean) =>
    send(one, '/fr/connexion/second-element/compte', { code: digitsOf(one.half?.person, right) })
  const newAddress = (one: Browser) => `b${one.name}-${next()}@ailleurs.example`
  const type = async (one: Browser, right: boolean, ref: Which) => {
    const code = (right && held.printed.get(one.journey?.person?.id ?? '')) || 'AAAA-BBBB-CCCC-DDDD'
    return send(one, '/fr/activation/code', { code, demarche: await refOf(one, ref) })
  }
  const receive = async (one: Browser, which: Which) => {
    const owner = which === 'other' ? otherOf(own, one) : one
    const inJourney = one.at.endsWith('/adresse/code')
    const address = owner.sentTo.get(inJourney ? 'journey' : 'account')
    const code = (which !== 'none' && (await given.codeAt(address))) || '00000000'
    return inJourney
      ? send(one, '/fr/activation/adresse/code', { code, demarche: await refOf(one, 'own') })
      : send(one, '/fr/compte/adresses/mail', { code })
  }

  const enrol = async (one: Browser) => {
    await send(one, app, { action: 'commencer' })
    const letters = /class="letters"[^>]*>([A-Z2-7 ]+)</.exec((await one.visitor.get(app)).html)?.[1]
    if (!letters) return
    const made = given.appOf(letters)
    const { location } = await send(one, app, { action: 'confirmer', code: made()[0] ?? '' })
    if (location !== app || !one.session) return
    held.apps.set(one.session.person.id, made)
    own.served.add(`${one.session.person.id}:${made()[0]}`)
  }

  const manage: { readonly [what in Managed]: (one: Browser, right: boolean) => Promise<unknown> } = {
    change: (one, right) =>
      send(one, '/fr/compte/mot-de-passe', {
        ...chosen(true),
        ancien: passwordOf(one.session?.person, right),
      }),
    enrol,
    retire: one => send(one, app, { action: 'retirer' }),
    joker: one =>
      send(one, '/fr/compte/question-joker', { question: 'pet', reponse: `rantanplan ${next()}` }),
    address: one => send(one, '/fr/compte/adresses', { faire: 'mail', mail: newAddress(one) }),
    'sign-out': one => send(one, '/fr/deconnexion', {}),
    'end-others': one => send(one, '/fr/compte/sessions', { session: 'autres' }),
  }

  /** The next step as an honest person takes it, wherever this browser stands. */
  const onward = async (one: Browser, road: Road, person: number): Promise<unknown> => {
    const ends = (page: string) => one.journey !== null && one.at.endsWith(page)
    if (ends('/activation/question-joker')) return answerIn(one, `rantanplan ${next()}`, 'own')
    if (ends('/question-joker')) return answerIn(one, rightAnswer(one), 'own')
    const demarche = await refOf(one, 'own')
    if (ends('/second-element')) {
      const code = digitsOf(one.journey?.person, true)
      return send(one, `${startOf(one).start}/second-element`, { code, demarche })
    }
    if (ends('/activation/code')) return type(one, true, 'own')
    if (ends('/nouveau') || ends('/activation/mot-de-passe'))
      return send(one, one.at, { ...chosen(true), demarche })
    if (ends('/adresse')) return send(one, one.at, { contact: newAddress(one), demarche })
    if (ends('/adresse/code')) return receive(one, 'own')
    return identify(one, road, person, true)
  }

  type Act<K extends Action['kind']> = (step: Extract<Action, { kind: K }>, one: Browser) => Promise<unknown>
  const acts: { readonly [K in Action['kind']]: Act<K> } = {
    onward: ({ road, person }, one) => onward(one, road, person),
    enter: async ({ person }, one) => {
      await signIn(one, person, true)
      if (one.half) await showHalf(one, true)
    },
    identify: ({ road, person, right }, one) => identify(one, road, person, right),
    answer: ({ right, ref, towards }, one) =>
      answerIn(one, right ? rightAnswer(one) : wrongAnswer(), ref, towards),
    show: async ({ right, ref, towards }, one) =>
      send(one, `${startOf(one, towards).start}/second-element`, {
        ...{ code: digitsOf(one.journey?.person, right), demarche: await refOf(one, ref) },
      }),
    type: ({ right, ref }, one) => type(one, right, ref),
    choose: async ({ ref, charter, towards }, one) => {
      const { start, choose } = startOf(one, towards)
      return send(one, `${start}/${choose}`, { ...chosen(charter), demarche: await refOf(one, ref) })
    },
    guess: async ({ times }, one) => {
      for (let tried = 0; tried < times; tried += 1) await answerIn(one, wrongAnswer(), 'own')
    },
    look: ({ page }, one) => look(one, page),
    'sign-in': ({ person, right }, one) => signIn(one, person, right),
    digits: ({ right }, one) => showHalf(one, right),
    confirm: ({ right }, one) =>
      send(one, '/fr/connexion/confirmer/compte', {
        motdepasse: passwordOf(one.session?.person, right),
      }),
    manage: ({ what, right }, one) => manage[what](one, right),
    receive: ({ code }, one) => receive(one, code),
    replay: async ({ which }, one) => {
      const again = sent[which % Math.max(1, sent.length)]
      if (again) await send(one, again.path, again.body)
    },
    foreign: async ({ which }, one) => {
      const again = sent[which % Math.max(1, sent.length)]
      if (again) await foreign(one, again.path, again.body)
    },
    // A browser that loses its cookies loses all that it had: nothing of it may be left.
    'lose-cookies': async (_, one) => {
      one.visitor.cookies.clear()
      one.sentTo.clear()
      Object.assign(one, { journey: null, at: '', ref: '', session: null, half: null, known: '' })
    },
    wait: ({ minutes }) => given.forward(minutes * minute),
  }

  for (const step of actions)
    await acts[step.kind](step as never, browsers['browser' in step ? step.browser : 0] as Browser)
  // Whatever came last, pages are looked at until the sequence is as long as its proof asks for.
  for (let turn = 0; asked < shortest; turn += 1)
    await look(browsers[turn % 2] as Browser, pages[turn % pages.length] ?? 'compte')
  return asked
}
