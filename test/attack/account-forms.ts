import { appSecretIn, optionsIn } from '../world/factors.ts'
import { newSecurityKey } from '../world/security-key.ts'
import type { FormAction, Managed, Which } from './actions.ts'
import { type Acting, chosen, type Deps, newPlace, next } from './browser-lookups.ts'
import { pendingOf } from './event-effects.ts'
import { codesOfApp, holders } from './proofs.ts'
import type { Browser, Request } from './request-sender.ts'
import type { Pending } from './state.ts'

const targets = {
  app: '/fr/compte/application',
  print: '/fr/compte/codes-de-secours',
  key: '/fr/compte/cles-d-acces',
} as const

type Make = (browser: Browser, right: boolean) => Promise<Request> | Request

/** Forms of the account that are filled at once. */
const simpleFormsOf = ({ walk }: Deps, { signedIn, passwordOf }: Acting) => {
  return {
    change: (browser, right) => ({
      ...{ browser, path: '/fr/compte/mot-de-passe' },
      body: { ...chosen(true), ancien: passwordOf(signedIn(browser), right) },
    }),
    'retire-app': browser => ({ browser, path: targets.app, body: { action: 'retirer' } }),
    'retire-print': browser => ({ browser, path: targets.print, body: { action: 'retirer' } }),
    joker: browser => ({
      ...{ browser, path: '/fr/compte/question-joker' },
      body: { question: 'pet', reponse: `rantanplan ${next()}` },
    }),
    mail: browser => ({
      ...{ browser, path: '/fr/compte/adresses' },
      body: { faire: 'mail', mail: newPlace('mail', browser) },
    }),
    mobile: browser => ({
      ...{ browser, path: '/fr/compte/adresses' },
      body: { faire: 'mobile', mobile: newPlace('mobile', browser) },
    }),
    'sign-out': browser => ({ browser, path: '/fr/deconnexion', body: {} }),
    'end-others': browser => ({ browser, path: '/fr/compte/sessions', body: { session: 'autres' } }),
    /** The form of an expired password, which nobody's is. */
    expired: (browser, right) => {
      const { id = '', login = '' } = walk.people[next() % 4] ?? {}
      return {
        ...{ browser, path: '/fr/connexion/mot-de-passe-expire' },
        body: { identifiant: login, ancien: passwordOf(id, right), ...chosen(true) },
      }
    },
  } satisfies { readonly [what in Exclude<Managed, 'app' | 'print' | 'new-key' | 'retire-key'>]: Make }
}

/** What a signed-in person, or whoever holds that session, does in the account. */
export const accountFormsOf = (parts: Deps, acting: Acting) => {
  const { walk, world, hands } = parts
  const { secrets } = walk
  const { signedIn, sessionOf } = acting
  const simple = simpleFormsOf(parts, acting)

  const waiting = (browser: Browser): Pending => pendingOf(walk.state, sessionOf(browser)?.origin ?? '')

  /** A new app, up to its first code. */
  const app = async (browser: Browser): Promise<Request> => {
    await hands.send([{ browser, path: targets.app, body: { action: 'commencer' } }])
    const { html } = await browser.client.get(targets.app)
    const letters = appSecretIn(html)
    if (letters) waiting(browser).letters.push(letters)
    const code = letters ? (codesOfApp(letters, world.now())[0] ?? '') : '000000'
    return { browser, path: targets.app, body: { action: 'confirmer', code } }
  }

  /** A new sheet, up to its first code. */
  const print = async (browser: Browser): Promise<Request> => {
    const person = signedIn(browser)
    await hands.send([{ browser, path: targets.print, body: { action: 'commencer' } }])
    const sheet = waiting(browser).sheets.at(-1) ?? []
    if (person) secrets.printed.set(person, [...(secrets.printed.get(person) ?? []), ...sheet])
    return { browser, path: targets.print, body: { action: 'confirmer', code: sheet[0] ?? '' } }
  }

  /** The passkey that waits signs its first challenge. */
  const tryKey = async (browser: Browser, from: Which): Promise<Request> => {
    const asking = from === 'other' ? (walk.browsers[1 - browser.name] as Browser) : browser
    const path = `${targets.key}/essai`
    const { challenge } = optionsIn((await asking.client.get(path)).html) as { challenge?: string }
    const id = waiting(browser).keys.at(-1)
    const key = secrets.keys.get(id ?? '')
    if (!(challenge && id && key)) return { browser, path, body: { cle: '' } }
    const cle = key.sign({ challenge })
    secrets.signatures.set(cle, { key: id, holder: holders.enrol(asking.client.cookies()) })
    return { browser, path, body: { cle } }
  }

  /** A new passkey, up to the moment before it is kept. */
  const newKey = async (browser: Browser): Promise<Request> => {
    await hands.send([{ browser, path: targets.key, body: { action: 'commencer' } }])
    const options = optionsIn((await browser.client.get(`${targets.key}/nouvelle`)).html)
    const made = newSecurityKey(world.party)
    secrets.keys.set(made.id, made)
    const cle = 'challenge' in options ? made.make(options) : ''
    return { browser, path: `${targets.key}/nouvelle`, body: { nom: made.id, cle } }
  }

  /** The same, up to its first use. */
  const key = async (browser: Browser): Promise<Request> => {
    await hands.send([await newKey(browser)])
    return tryKey(browser, 'own')
  }

  /** The page names each passkey by a name of its own; ours stands beside it. */
  const retireKey = async (browser: Browser): Promise<Request> => {
    const { html } = await browser.client.get(targets.key)
    const listed = [...html.matchAll(/name="laquelle" value="([^"]*)"/g)].map(([, id]) => id ?? '')
    const names = [...secrets.keys.keys()].filter(id => html.includes(id))
    names.sort((a, b) => html.indexOf(a) - html.indexOf(b))
    for (const [at, id] of listed.entries()) secrets.listed.set(id, names[at] ?? '')
    return { browser, path: targets.key, body: { action: 'retirer', laquelle: listed[0] ?? '' } }
  }

  return {
    enrol: { app, key, print },
    manage: async (step: Extract<FormAction, { kind: 'manage' }>, browser: Browser) =>
      ({ ...simple, app, print, 'new-key': newKey, 'retire-key': retireKey })[step.what](browser, step.right),
    'try-key': async (step: Extract<FormAction, { kind: 'try-key' }>, browser: Browser) =>
      tryKey(browser, step.from),
  }
}
