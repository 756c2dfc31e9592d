import { optionsIn } from '../world/factors.ts'
import type { Ownership, PasskeyChoice } from './actions.ts'
import { type Deps, type Lookups, nextNumber, type PrepareForm } from './browser-lookups.ts'
import { type HolderKind, holders } from './proofs.ts'
import type { Browser } from './request-sender.ts'

type ChallengeRequest = {
  readonly page: string
  readonly person: string
  readonly whose: PasskeyChoice
  readonly holder: HolderKind
}

const pages = {
  pending: '/fr/connexion/cle-d-acces/compte',
  confirm: '/fr/connexion/confirmer/compte/cle-d-acces',
} as const

/** Forms that carry a passkey assertion. */
export const createKeyForms = ({ run, sender }: Deps, lookups: Lookups) => {
  const { secrets } = run
  const { otherOf, personIn, signedIn, waiting, startOf, refOf, idOf } = lookups

  /** Passkeys in service, or those that were registered and never used. */
  const keysOf = (whose: PasskeyChoice, person: string) => {
    const { keys, unconfirmed, sessions } = run.state
    if (whose !== 'pending')
      return keys.get(whose === 'own' ? person : ([...keys.keys()].find(id => id !== person) ?? person)) ?? []
    const theirs = [...sessions.values()].filter(session => session.person === person)
    return theirs.flatMap(({ origin }) => unconfirmed.get(origin)?.keys ?? [])
  }

  /** Reads a challenge on its page and signs it with a passkey of the person. `begin`: the form that asks for it, sent first. */
  const signed = async (
    browser: Browser,
    { page, person, whose, holder }: ChallengeRequest,
    begin: Readonly<Record<string, string>> | null,
  ): Promise<string> => {
    const { client } = browser
    if (begin) await sender.send([{ browser, path: page, body: begin }])
    const { challenge } = optionsIn((await client.get(page)).html) as { challenge?: string }
    const keys = keysOf(whose, person)
    const key = keys[nextNumber() % Math.max(1, keys.length)]
    const signer = secrets.keys.get(key ?? '')
    if (!(challenge && signer && key)) return ''
    const cle = signer.sign({ challenge })
    secrets.signatures.set(cle, { key, holder: holders[holder](client.cookies()) })
    return cle
  }

  const keyAt = (from: Ownership, browser: Browser) => (from === 'other' ? otherOf(browser) : browser)

  const sign: PrepareForm<'sign'> = async ({ whose, from, towards }, browser) => {
    const asking = keyAt(from, browser)
    const begin = from === 'none' ? null : { demarche: refOf(asking) }
    const page = `${startOf(asking).start}/cle-d-acces`
    const cle = await signed(asking, { page, person: personIn(browser), whose, holder: 'journey' }, begin)
    const path = `${startOf(browser, towards).start}/cle-d-acces`
    return { browser, path, body: { demarche: refOf(browser), cle } }
  }

  const signInKey: PrepareForm<'sign-in-key'> = async ({ person, whose, from }, browser) => {
    const path = pages.pending
    const challengeRequest = {
      page: path,
      person: waiting(browser) || idOf(person),
      whose,
      holder: 'pending',
    } as const
    const cle = await signed(keyAt(from, browser), challengeRequest, from === 'none' ? null : {})
    return { browser, path, body: { cle } }
  }

  const confirmKey: PrepareForm<'confirm-key'> = async ({ whose, from }, browser) => {
    const path = pages.confirm
    const challengeRequest = { page: path, person: signedIn(browser), whose, holder: 'confirm' } as const
    const cle = await signed(keyAt(from, browser), challengeRequest, from === 'none' ? null : {})
    return { browser, path, body: { cle } }
  }

  const instead: PrepareForm<'switch'> = async ({ where, towards }, browser) =>
    where === 'journey'
      ? {
          browser,
          path: `${startOf(browser, towards).start}/cle-d-acces`,
          body: { demarche: refOf(browser) },
        }
      : { browser, path: pages[where], body: {} }

  return { sign, 'sign-in-key': signInKey, 'confirm-key': confirmKey, switch: instead }
}
