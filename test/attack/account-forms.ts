import { appSecretIn, optionsIn } from '../world/factors.ts'
import { newSecurityKey } from '../world/security-key.ts'
import type { FormAction, Managed, Ownership } from './actions.ts'
import { chosen, type Deps, type Lookups, newContact, nextNumber } from './browser-lookups.ts'
import { unconfirmedFactorsOf } from './event-effects.ts'
import { codesOfApp, holders } from './proofs.ts'
import type { Browser, FormRequest } from './request-sender.ts'
import type { UnconfirmedFactors } from './state.ts'

const targets = {
  app: '/fr/compte/application',
  print: '/fr/compte/codes-de-secours',
  key: '/fr/compte/cles-d-acces',
} as const

type Make = (browser: Browser, right: boolean) => Promise<FormRequest> | FormRequest

/** Account forms that need no earlier request. */
const simpleFormsOf = ({ run }: Deps, { signedIn, passwordOf }: Lookups) => {
  return {
    change: (browser, right) => ({
      browser,
      path: '/fr/compte/mot-de-passe',
      body: { ...chosen(true), ancien: passwordOf(signedIn(browser), right) },
    }),
    'retire-app': browser => ({ browser, path: targets.app, body: { action: 'retirer' } }),
    'retire-print': browser => ({ browser, path: targets.print, body: { action: 'retirer' } }),
    joker: browser => ({
      browser,
      path: '/fr/compte/question-joker',
      body: { question: 'pet', reponse: `rantanplan ${nextNumber()}` },
    }),
    mail: browser => ({
      browser,
      path: '/fr/compte/adresses',
      body: { faire: 'mail', mail: newContact('mail', browser) },
    }),
    mobile: browser => ({
      browser,
      path: '/fr/compte/adresses',
      body: { faire: 'mobile', mobile: newContact('mobile', browser) },
    }),
    'sign-out': browser => ({ browser, path: '/fr/deconnexion', body: {} }),
    'end-others': browser => ({ browser, path: '/fr/compte/sessions', body: { session: 'autres' } }),
    /** The form for an expired password. Nobody's password is expired here, so it must change nothing. */
    expired: (browser, right) => {
      const { id = '', login = '' } = run.people[nextNumber() % 4] ?? {}
      return {
        browser,
        path: '/fr/connexion/mot-de-passe-expire',
        body: { identifiant: login, ancien: passwordOf(id, right), ...chosen(true) },
      }
    },
  } satisfies { readonly [what in Exclude<Managed, 'app' | 'print' | 'new-key' | 'retire-key'>]: Make }
}

/** The forms of the account pages, sent with whatever session the browser holds. */
export const createAccountForms = (parts: Deps, lookups: Lookups) => {
  const { run, target, sender } = parts
  const { secrets } = run
  const { signedIn, sessionOf } = lookups
  const simple = simpleFormsOf(parts, lookups)

  const waiting = (browser: Browser): UnconfirmedFactors =>
    unconfirmedFactorsOf(run.state, sessionOf(browser)?.origin ?? '')

  /** Begins the enrolment of an app. Returns the form that confirms it with its first code. */
  const app = async (browser: Browser): Promise<FormRequest> => {
    await sender.send([{ browser, path: targets.app, body: { action: 'commencer' } }])
    const { html } = await browser.client.get(targets.app)
    const appSecret = appSecretIn(html)
    if (appSecret) waiting(browser).appSecrets.push(appSecret)
    const code = appSecret ? (codesOfApp(appSecret, target.now())[0] ?? '') : '000000'
    return { browser, path: targets.app, body: { action: 'confirmer', code } }
  }

  /** Prints a new recovery sheet. Returns the form that confirms it with its first code. */
  const print = async (browser: Browser): Promise<FormRequest> => {
    const person = signedIn(browser)
    await sender.send([{ browser, path: targets.print, body: { action: 'commencer' } }])
    const sheet = waiting(browser).sheets.at(-1) ?? []
    if (person) secrets.printed.set(person, [...(secrets.printed.get(person) ?? []), ...sheet])
    return { browser, path: targets.print, body: { action: 'confirmer', code: sheet[0] ?? '' } }
  }

  /** The form in which a new passkey signs its first challenge. */
  const tryKey = async (browser: Browser, from: Ownership): Promise<FormRequest> => {
    const asking = from === 'other' ? (run.browsers[1 - browser.name] as Browser) : browser
    const path = `${targets.key}/essai`
    const { challenge } = optionsIn((await asking.client.get(path)).html) as { challenge?: string }
    const id = waiting(browser).keys.at(-1)
    const key = secrets.keys.get(id ?? '')
    if (!(challenge && id && key)) return { browser, path, body: { cle: '' } }
    const cle = key.sign({ challenge })
    secrets.signatures.set(cle, { key: id, holder: holders.enrol(asking.client.cookies()) })
    return { browser, path, body: { cle } }
  }

  /** The form that registers a new passkey. */
  const newKey = async (browser: Browser): Promise<FormRequest> => {
    await sender.send([{ browser, path: targets.key, body: { action: 'commencer' } }])
    const options = optionsIn((await browser.client.get(`${targets.key}/nouvelle`)).html)
    const made = newSecurityKey(target.relyingParty)
    secrets.keys.set(made.id, made)
    const cle = 'challenge' in options ? made.make(options) : ''
    return { browser, path: `${targets.key}/nouvelle`, body: { nom: made.id, cle } }
  }

  /** Registers a new passkey. Returns the form of its first use. */
  const key = async (browser: Browser): Promise<FormRequest> => {
    await sender.send([await newKey(browser)])
    return tryKey(browser, 'own')
  }

  /** Removes the first passkey of the list. The page gives each passkey its own id: this records which of ours it means. */
  const retireKey = async (browser: Browser): Promise<FormRequest> => {
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
