import type { Application } from '../../src/application.ts'
import { hrefIn, type RouteName, routes } from '../../src/routes.ts'
import type { Language } from '../../src/texts/texts.ts'
import { enrolApp, optionsIn, printSheet } from './factors.ts'
import { newSecurityKey } from './security-key.ts'
import { newVisitor, type Told } from './visitor.ts'

/**
 * Everything that people do in the portal, from activation to « Ce n'est pas moi », over HTTP: Inès activates her account,
 * Camille recovers hers, signs in, and uses every setting.
 */
export type LifecycleDeps = {
  readonly url: string
  readonly language?: Language
  /** The portal's time, for the codes of an authenticator app. */
  readonly now: () => number
  readonly activationCode: string
  /** The first match of the pattern in the newest mail or text message to this address. */
  readonly sentTo: (to: string, pattern: RegExp) => Promise<string>
  readonly headers?: Readonly<Record<string, string>>
  readonly told?: Told
}

type Visitor = ReturnType<typeof newVisitor>
type Fields = Readonly<Record<string, string>>

/** Secrets used on the way, which must not be stored or logged anywhere. */
export type Secrets = {
  readonly passwords: string[]
  readonly answers: string[]
  readonly codes: string[]
  /** Codes of an app: six digits, so short that a timestamp may contain them by chance. */
  readonly digits: string[]
  readonly tokens: Set<string>
}

const code = /\d{4}[\s\u00a0]\d{4}/
const token = /ce-n-est-pas-moi\/([\w-]+)/

const said = {
  camille: { login: 'clefevre', number: '204518', date: '14/07/1985', first: 'Bienvenue!2026c' },
  ines: { number: '22609431', date: '29/2/2008' },
  passwords: { refused: 'Gr4nit_Boussole Verte', wrong: 'Faux+Passage/77', ines: 'Canal&Pommier=58' },
  chosen: ['Tr0mbone&Cascade-3', 'Quai;Lanterne+41x', 'Verger?Horloge-62z'],
  answers: { wrong: 'Belphégor-le-chat', fresh: 'Quasimodo-de-Lille', ines: 'Rantanplan-du-Nord' },
} as const

export const createAccountLifecycle = (parts: LifecycleDeps) => {
  const { url, now, sentTo } = parts
  const href = hrefIn(parts.language ?? 'fr')
  const secrets: Secrets = {
    passwords: [...Object.values(said.passwords), ...said.chosen, said.camille.first],
    answers: [...Object.values(said.answers), 'Félix'],
    codes: [parts.activationCode],
    digits: [],
    tokens: new Set(),
  }

  const told: Told = answer => {
    for (const line of answer.headers.getSetCookie()) {
      const [, value = ''] = /^[^=]+=([^;]*)/.exec(line) ?? []
      if (value.length >= 16) secrets.tokens.add(value)
    }
    parts.told?.(answer)
  }
  const someone = () => newVisitor(url, parts.headers ?? {}, told)

  const look = async (visitor: Visitor, route: RouteName, params: Fields = {}) => {
    const answer = await visitor.get(href(route, params))
    if (answer.status !== 200)
      throw new Error(`${route} answered ${answer.status} ${answer.location ?? ''} instead of its page`)
    return answer
  }

  const isAt = (location: string | null, route: RouteName) =>
    new RegExp(`^/\\w\\w${routes[route].path.replace(/:\w+/g, '[^/]+')}$`).test(location ?? '')

  /** The hidden field that names the journey, from this page or the one it redirects to. */
  const refAt = async (visitor: Visitor, path: string) => {
    const { html, location } = await visitor.get(path)
    return visitor.refIn(location ? (await visitor.get(location)).html : html)
  }

  /** Sends a form, and throws unless it redirects to `leadsTo`; `null`: unless the form is refused (422). */
  const send = async (
    visitor: Visitor,
    [route, params = {}]: readonly [RouteName, Fields?],
    fields: Fields,
    leadsTo: RouteName | null,
  ) => {
    const path = href(route, params)
    const demarche = await refAt(visitor, path)
    const answer = await visitor.post(path, { ...fields, ...(demarche && { demarche }) })
    const right = leadsTo === null ? answer.status === 422 : isAt(answer.location, leadsTo)
    if (!right) throw new Error(`${path} answered ${answer.status} ${answer.location ?? ''}`)
    return answer
  }

  const identify = (visitor: Visitor, route: RouteName, kind: string, next: RouteName) => {
    const { number, date } = kind === 'numero-etudiant' ? said.ines : said.camille
    return send(visitor, [route, { kind }], { numero: number, naissance: date }, next)
  }

  const choose = (password: string) => ({ nouveau: password, confirmation: password, charte: 'oui' })
  const [first, second, third] = said.chosen

  /** « Mot de passe oublié », with the inputs that each step refuses. Returns the token of the mailed link. */
  const recover = async () => {
    const visitor = someone()
    await send(visitor, ['identify', { kind: 'numero-personnel' }], { numero: '', naissance: '1/2/80' }, null)
    await identify(visitor, 'identify', 'numero-personnel', 'joker')
    await send(visitor, ['joker'], { reponse: said.answers.wrong }, null)
    await send(visitor, ['joker'], { reponse: 'félix' }, 'newPassword')
    await send(visitor, ['newPassword'], choose(said.passwords.refused), null)
    await send(visitor, ['newPassword'], choose(first), 'done')
    await look(visitor, 'done')
    const [, shown = ''] = token.exec(await sentTo('clefevre@maison.example', token)) ?? []
    secrets.tokens.add(shown)
    await look(visitor, 'notMe', { token: shown })
    return shown
  }

  const signIn = async (visitor: Visitor, password: string, leadsTo: RouteName) => {
    const fields = { identifiant: said.camille.login, motdepasse: password }
    await send(visitor, ['signIn'], fields, leadsTo)
  }

  const confirmDestination = async (
    visitor: Visitor,
    kind: 'mail' | 'mobile',
    to: string,
    destination: string,
  ) => {
    await send(visitor, ['addresses'], { faire: kind, [kind]: to }, 'addressCode')
    await look(visitor, 'addressCode', { kind })
    const received = await sentTo(destination, code)
    secrets.codes.push(received)
    await send(visitor, ['addressCode', { kind }], { code: '1' }, null)
    await send(visitor, ['addressCode', { kind }], { code: received }, 'addresses')
  }

  /** Uses every setting of a signed-in person. Returns the second factors that were enrolled. */
  const settle = async () => {
    const visitor = someone()
    await send(visitor, ['signIn'], { identifiant: 'clefevre', motdepasse: said.passwords.wrong }, null)
    await signIn(visitor, first, 'account')
    await look(visitor, 'firstDay')
    await send(visitor, ['firstDay'], {}, 'account')
    for (const route of ['account', 'addresses', 'sessions', 'journal', 'changePassword'] as const)
      await look(visitor, route)
    for (const file of ['journal.csv', 'compte.json']) await look(visitor, 'journalExport', { file })
    await confirmDestination(visitor, 'mail', 'camille@ailleurs.example', 'camille@ailleurs.example')
    await confirmDestination(visitor, 'mobile', '06 12 34 56 78', '+33612345678')
    await look(visitor, 'addresses')
    await send(visitor, ['jokerChoice'], { question: 'pet', reponse: 'Lefèvre' }, null)
    await send(visitor, ['jokerChoice'], { question: 'pet', reponse: said.answers.fresh }, 'account')
    const refused = { ancien: said.passwords.wrong, ...choose(second) }
    await send(visitor, ['changePassword'], refused, null)
    const changed = await send(
      visitor,
      ['changePassword'],
      { ancien: first, ...choose(second) },
      'passwordChanged',
    )
    await visitor.get(changed.location ?? '')
    const factors = await enrol(visitor)
    await look(visitor, 'account')
    await look(visitor, 'confirm', { page: 'adresses' })
    await send(visitor, ['confirm', { page: 'adresses' }], { motdepasse: said.passwords.wrong }, null)
    await send(visitor, ['confirm', { page: 'adresses' }], { motdepasse: second }, 'secondFactor')
    const digits = factors.app(now() + 30_000)
    secrets.digits.push(digits)
    await send(visitor, ['secondFactor', { page: 'adresses' }], { code: digits }, 'addresses')
    await look(visitor, 'signOut')
    await send(visitor, ['signOut'], {}, 'signOut')
    return factors
  }

  const enrol = async (visitor: Visitor) => {
    const language = parts.language ?? 'fr'
    await look(visitor, 'authenticator')
    const { app, letters } = await enrolApp(visitor, now, language)
    await look(visitor, 'authenticator')
    await look(visitor, 'recoveryCodes')
    const sheet = await printSheet(visitor, language)
    await look(visitor, 'recoveryCodes')
    secrets.codes.push(letters, letters.replace(/\s/g, ''), ...sheet)
    const key = newSecurityKey({ origin: `http://localhost:${new URL(url).port}`, host: 'localhost' })
    await look(visitor, 'passkeys')
    await send(visitor, ['passkeys'], { action: 'commencer' }, 'passkeyNew')
    const making = optionsIn((await look(visitor, 'passkeyNew')).html)
    await send(visitor, ['passkeyNew'], { nom: 'Clé', cle: key.make(making) }, 'passkeyTry')
    const trying = optionsIn((await look(visitor, 'passkeyTry')).html)
    await send(visitor, ['passkeyTry'], { cle: key.sign(trying) }, 'passkeys')
    await look(visitor, 'passkeys')
    for (const { challenge } of [making, trying]) secrets.tokens.add(challenge)
    return { app, sheet, key }
  }

  type Factors = Awaited<ReturnType<typeof enrol>>

  /** Asks for a passkey challenge and signs it. */
  const sign = async (visitor: Visitor, at: readonly [RouteName, Fields?], { key }: Factors) => {
    await send(visitor, at, {}, at[0])
    const options = optionsIn((await look(visitor, at[0], at[1])).html)
    secrets.tokens.add(options.challenge)
    return key.sign(options)
  }

  /** Signs in with the password and a recovery code, then with the passkey alone. */
  const comeBack = async (factors: Factors) => {
    const page = { page: 'compte' }
    const visitor = someone()
    await signIn(visitor, second, 'secondFactor')
    await send(visitor, ['secondFactor', page], { code: '12' }, null)
    await send(visitor, ['secondFactor', page], { code: '000000' }, null)
    await send(visitor, ['secondFactor', page], { code: factors.sheet[1] ?? '' }, 'account')
    const withLock = someone()
    const at = ['signInPasskey', page] as const
    await send(withLock, at, { cle: await sign(withLock, at, factors) }, 'account')
    const confirming = ['confirmPasskey', { page: 'adresses' }] as const
    await send(withLock, confirming, { cle: await sign(withLock, confirming, factors) }, 'addresses')
  }

  /** Recovers the identifier and the password again, with a second factor. */
  const recoverAgain = async (factors: Factors) => {
    const asking = someone()
    await identify(asking, 'identifyForIdentifier', 'numero-personnel', 'identifierJoker')
    await send(asking, ['identifierJoker'], { reponse: said.answers.fresh }, 'identifierFactor')
    await sign(asking, ['identifierPasskey'], factors)
    await send(asking, ['identifierFactor'], { code: factors.sheet[0] ?? '' }, 'identifierDone')
    await look(asking, 'identifierDone')
    const visitor = someone()
    await identify(visitor, 'identify', 'numero-personnel', 'joker')
    await send(visitor, ['joker'], { reponse: said.answers.fresh }, 'journeyFactor')
    await send(visitor, ['journeyFactor'], { code: '000000' }, null)
    const at = ['journeyPasskey'] as const
    await send(visitor, at, { cle: await sign(visitor, at, factors) }, 'newPassword')
    await send(visitor, ['newPassword'], choose(third), 'done')
    await look(visitor, 'done')
  }

  /** « Activer mon compte », and a second use of the same code, which is refused. */
  const activate = async () => {
    const visitor = someone()
    await identify(visitor, 'identifyForActivation', 'numero-etudiant', 'activationCode')
    await send(visitor, ['activationCode'], { code: 'AAAA-BBBB-CCCC-DDDD' }, null)
    await send(visitor, ['activationCode'], { code: parts.activationCode }, 'activationPassword')
    await send(visitor, ['activationPassword'], choose(said.passwords.refused), null)
    await send(visitor, ['activationPassword'], choose(said.passwords.ines), 'activationJoker')
    const joker = { question: 'pet', reponse: said.answers.ines }
    await send(visitor, ['activationJoker'], { ...joker, reponse: 'Moreau' }, null)
    await send(visitor, ['activationJoker'], joker, 'activationAddress')
    const contacts = [
      ['activationAddress', 'activationAddressCode', 'ines@ailleurs.example', 'ines@ailleurs.example'],
      ['activationMobile', 'activationMobileCode', '07 12 34 56 78', '+33712345678'],
    ] as const
    for (const [at, confirmed, typed, to] of contacts) {
      await send(visitor, [at], { contact: typed }, confirmed)
      const received = await sentTo(to, code)
      secrets.codes.push(received)
      await send(visitor, [confirmed], { code: '1' }, null)
      const next = at === 'activationAddress' ? 'activationMobile' : 'activationDone'
      await send(visitor, [confirmed], { code: received }, next)
    }
    await look(visitor, 'activationDone')
    const again = someone()
    await identify(again, 'identifyForActivation', 'numero-etudiant', 'activationCode')
    await send(again, ['activationCode'], { code: parts.activationCode }, 'activationStopped')
    await again.get(href('activationStopped'))
  }

  const run = async () => {
    const shown = await recover()
    await activate()
    const factors = await settle()
    await comeBack(factors)
    await recoverAgain(factors)
    const owner = someone()
    const frozen = await owner.post(href('notMe', { token: shown }), { jeton: shown })
    if (frozen.status !== 200) throw new Error(`« Ce n'est pas moi » answered ${frozen.status}`)
    await owner.get('/fr/rien')
  }

  return { run, secrets }
}

/** `sentTo` for a portal without a mail server: reads the demonstration's mailbox. */
export const demoSentTo =
  ({ store }: Pick<Application, 'store'>): LifecycleDeps['sentTo'] =>
  async (to, pattern) => {
    for (let asked = 0; asked < 100; asked += 1) {
      const mails = await store.read
        .selectFrom('demo_mails')
        .selectAll()
        .where('recipient', '=', to)
        .orderBy('received_at')
        .execute()
      const found = mails.findLast(({ body }) => pattern.test(body))
      if (found) return pattern.exec(found.body)?.[0] ?? ''
      await new Promise(resolve => setTimeout(resolve, 100))
    }
    throw new Error(`nothing like ${pattern} was sent to ${to}`)
  }
