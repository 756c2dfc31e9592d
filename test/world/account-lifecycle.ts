import type { Application } from '../../src/application.ts'
import { hrefIn, type RouteName, routes } from '../../src/routes.ts'
import type { Language } from '../../src/texts/texts.ts'
import { enrolApp, optionsIn, printSheet } from './factors.ts'
import { newSecurityKey } from './security-key.ts'
import { type AnswerListener, newVisitor, type Visitor } from './visitor.ts'

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
  readonly onAnswer?: AnswerListener
}

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

const code = /\b\d{4}[\s\u00a0]?\d{4}\b/
const token = /ce-n-est-pas-moi\/([\w-]+)/

const inputs = {
  camille: { login: 'clefevre', number: '204518', date: '14/07/1985', first: 'Bienvenue!2026c' },
  ines: { number: '22609431', date: '29/2/2008' },
  passwords: { refused: 'Gr4nit_Boussole Verte', wrong: 'Faux+Passage/77', ines: 'Canal&Pommier=58' },
  chosen: ['Tr0mbone&Cascade-3', 'Quai;Lanterne+41x', 'Verger?Horloge-62z'],
  answers: { wrong: 'Belphégor-le-chat', fresh: 'Quasimodo-de-Lille', ines: 'Rantanplan-du-Nord' },
} as const

export const createAccountLifecycle = (deps: LifecycleDeps) => {
  const { url, now, sentTo } = deps
  const href = hrefIn(deps.language ?? 'fr')
  const secrets: Secrets = {
    passwords: [...Object.values(inputs.passwords), ...inputs.chosen, inputs.camille.first],
    answers: [...Object.values(inputs.answers), 'Félix'],
    codes: [deps.activationCode],
    digits: [],
    tokens: new Set(),
  }

  const onAnswer: AnswerListener = answer => {
    for (const line of answer.headers.getSetCookie()) {
      const [, value = ''] = /^[^=]+=([^;]*)/.exec(line) ?? []
      if (value.length >= 16) secrets.tokens.add(value)
    }
    deps.onAnswer?.(answer)
  }
  const newBrowser = () => newVisitor(url, deps.headers ?? {}, onAnswer)

  const openPage = async (visitor: Visitor, route: RouteName, params: Fields = {}) => {
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

  /**
   * Sends a form, and throws unless it redirects to `leadsTo`; `null`: unless the form is refused (422, or a redirect to the page
   * that says why).
   */
  const send = async (
    visitor: Visitor,
    [route, params = {}]: readonly [RouteName, Fields?],
    fields: Fields,
    leadsTo: RouteName | null,
  ) => {
    const path = href(route, params)
    const demarche = await refAt(visitor, path)
    const sent = await visitor.submit(path, { ...fields, ...(demarche && { demarche }) })
    // The first sign-in of a browser passes by a page that looks whether it keeps cookies.
    const passes = isAt(sent.location, 'signInNext') ? await visitor.get(sent.location ?? '') : null
    const answer = passes ? { ...sent, location: passes.location } : sent
    const isRefused = answer.status === 422 || answer.refusal !== null
    const right = leadsTo === null ? isRefused : !isRefused && isAt(answer.location, leadsTo)
    if (!right) throw new Error(`${path} answered ${answer.status} ${answer.location ?? ''}`)
    return answer
  }

  const identify = (visitor: Visitor, route: RouteName, kind: string, next: RouteName) => {
    const { number, date } = kind === 'numero-etudiant' ? inputs.ines : inputs.camille
    return send(visitor, [route, { kind }], { numero: number, naissance: date }, next)
  }

  const choose = (password: string) => ({ nouveau: password, confirmation: password, charte: 'oui' })
  const [first, second, third] = inputs.chosen

  /** « Mot de passe oublié », with the inputs that each step refuses. Returns the token of the mailed link. */
  const recover = async () => {
    const visitor = newBrowser()
    await send(visitor, ['identify', { kind: 'numero-personnel' }], { numero: '', naissance: '1/2/80' }, null)
    await identify(visitor, 'identify', 'numero-personnel', 'joker')
    await send(visitor, ['joker'], { reponse: inputs.answers.wrong }, null)
    await send(visitor, ['joker'], { reponse: 'félix' }, 'newPassword')
    await send(visitor, ['newPassword'], choose(inputs.passwords.refused), null)
    await send(visitor, ['newPassword'], choose(first), 'done')
    await openPage(visitor, 'done')
    const [, shown = ''] = token.exec(await sentTo('clefevre@maison.example', token)) ?? []
    secrets.tokens.add(shown)
    await openPage(visitor, 'notMe', { token: shown })
    return shown
  }

  const signIn = async (visitor: Visitor, password: string, leadsTo: RouteName) => {
    const fields = { identifiant: inputs.camille.login, motdepasse: password }
    await send(visitor, ['signIn'], fields, leadsTo)
  }

  const confirmDestination = async (
    visitor: Visitor,
    kind: 'mail' | 'mobile',
    to: string,
    destination: string,
  ) => {
    await send(visitor, ['addresses'], { faire: kind, [kind]: to }, 'addressCode')
    await openPage(visitor, 'addressCode', { kind })
    const received = await sentTo(destination, code)
    secrets.codes.push(received)
    await send(visitor, ['addressCode', { kind }], { code: '1' }, null)
    await send(visitor, ['addressCode', { kind }], { code: received }, 'addresses')
  }

  /** Uses every setting of a signed-in person. Returns the second factors that were enrolled. */
  const useEverySetting = async () => {
    const visitor = newBrowser()
    await send(visitor, ['signIn'], { identifiant: 'clefevre', motdepasse: inputs.passwords.wrong }, null)
    await signIn(visitor, first, 'account')
    await openPage(visitor, 'firstDay')
    await send(visitor, ['firstDay'], {}, 'account')
    for (const route of ['account', 'addresses', 'sessions', 'journal', 'changePassword'] as const)
      await openPage(visitor, route)
    for (const file of ['journal.csv', 'compte.json']) await openPage(visitor, 'journalExport', { file })
    await confirmDestination(visitor, 'mail', 'camille@ailleurs.example', 'camille@ailleurs.example')
    await confirmDestination(visitor, 'mobile', '06 12 34 56 78', '+33612345678')
    await openPage(visitor, 'addresses')
    await send(visitor, ['jokerChoice'], { question: 'pet', reponse: 'Lefèvre' }, null)
    await send(visitor, ['jokerChoice'], { question: 'pet', reponse: inputs.answers.fresh }, 'account')
    const refused = { ancien: inputs.passwords.wrong, ...choose(second) }
    await send(visitor, ['changePassword'], refused, null)
    const changed = await send(
      visitor,
      ['changePassword'],
      { ancien: first, ...choose(second) },
      'passwordChanged',
    )
    await visitor.get(changed.location ?? '')
    const factors = await enrol(visitor)
    await openPage(visitor, 'account')
    await openPage(visitor, 'confirm', { page: 'adresses' })
    await send(visitor, ['confirm', { page: 'adresses' }], { motdepasse: inputs.passwords.wrong }, null)
    await send(visitor, ['confirm', { page: 'adresses' }], { motdepasse: second }, 'secondFactor')
    const digits = factors.app(now() + 30_000)
    secrets.digits.push(digits)
    await send(visitor, ['secondFactor', { page: 'adresses' }], { code: digits }, 'addresses')
    await openPage(visitor, 'signOut')
    await send(visitor, ['signOut'], {}, 'signOut')
    return factors
  }

  const enrol = async (visitor: Visitor) => {
    const language = deps.language ?? 'fr'
    await openPage(visitor, 'authenticator')
    const { app, letters } = await enrolApp(visitor, now, language)
    await openPage(visitor, 'authenticator')
    await openPage(visitor, 'recoveryCodes')
    const sheet = await printSheet(visitor, language)
    await openPage(visitor, 'recoveryCodes')
    secrets.codes.push(letters, letters.replace(/\s/g, ''), ...sheet)
    const key = newSecurityKey({ origin: `http://localhost:${new URL(url).port}`, host: 'localhost' })
    await openPage(visitor, 'passkeys')
    await send(visitor, ['passkeys'], { action: 'commencer' }, 'passkeyNew')
    const making = optionsIn((await openPage(visitor, 'passkeyNew')).html)
    await send(visitor, ['passkeyNew'], { nom: 'Clé', cle: key.make(making) }, 'passkeyTry')
    const trying = optionsIn((await openPage(visitor, 'passkeyTry')).html)
    await send(visitor, ['passkeyTry'], { cle: key.sign(trying) }, 'passkeys')
    await openPage(visitor, 'passkeys')
    for (const { challenge } of [making, trying]) secrets.tokens.add(challenge)
    return { app, sheet, key }
  }

  type Factors = Awaited<ReturnType<typeof enrol>>

  /** Asks for a passkey challenge and signs it. */
  const sign = async (visitor: Visitor, at: readonly [RouteName, Fields?], { key }: Factors) => {
    await send(visitor, at, {}, at[0])
    const options = optionsIn((await openPage(visitor, at[0], at[1])).html)
    secrets.tokens.add(options.challenge)
    return key.sign(options)
  }

  /** Signs in with the password and a recovery code, then with the passkey alone. */
  const signInAgain = async (factors: Factors) => {
    const page = { page: 'compte' }
    const visitor = newBrowser()
    await signIn(visitor, second, 'secondFactor')
    await send(visitor, ['secondFactor', page], { code: '12' }, null)
    await send(visitor, ['secondFactor', page], { code: '000000' }, null)
    await send(visitor, ['secondFactor', page], { code: factors.sheet[1] ?? '' }, 'account')
    const browserWithPasskey = newBrowser()
    const at = ['signInPasskey', page] as const
    await send(browserWithPasskey, at, { cle: await sign(browserWithPasskey, at, factors) }, 'account')
    const confirming = ['confirmPasskey', { page: 'adresses' }] as const
    await send(
      browserWithPasskey,
      confirming,
      { cle: await sign(browserWithPasskey, confirming, factors) },
      'addresses',
    )
  }

  /** Recovers the identifier and the password again, with a second factor. */
  const recoverAgain = async (factors: Factors) => {
    const asking = newBrowser()
    await identify(asking, 'identifyForIdentifier', 'numero-personnel', 'identifierJoker')
    await send(asking, ['identifierJoker'], { reponse: inputs.answers.fresh }, 'identifierFactor')
    await sign(asking, ['identifierPasskey'], factors)
    await send(asking, ['identifierFactor'], { code: factors.sheet[0] ?? '' }, 'identifierDone')
    await openPage(asking, 'identifierDone')
    const visitor = newBrowser()
    await identify(visitor, 'identify', 'numero-personnel', 'joker')
    await send(visitor, ['joker'], { reponse: inputs.answers.fresh }, 'journeyFactor')
    await send(visitor, ['journeyFactor'], { code: '000000' }, null)
    const at = ['journeyPasskey'] as const
    await send(visitor, at, { cle: await sign(visitor, at, factors) }, 'newPassword')
    await send(visitor, ['newPassword'], choose(third), 'done')
    await openPage(visitor, 'done')
  }

  /** « Activer mon compte », and a second use of the same code, which is refused. */
  const activate = async () => {
    const visitor = newBrowser()
    await identify(visitor, 'identifyForActivation', 'numero-etudiant', 'activationCode')
    await send(visitor, ['activationCode'], { code: 'AAAA-BBBB-CCCC-DDDD' }, null)
    await send(visitor, ['activationCode'], { code: deps.activationCode }, 'activationPassword')
    await send(visitor, ['activationPassword'], choose(inputs.passwords.refused), null)
    await send(visitor, ['activationPassword'], choose(inputs.passwords.ines), 'activationJoker')
    const joker = { question: 'pet', reponse: inputs.answers.ines }
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
    await openPage(visitor, 'activationDone')
    const again = newBrowser()
    await identify(again, 'identifyForActivation', 'numero-etudiant', 'activationCode')
    await send(again, ['activationCode'], { code: deps.activationCode }, 'activationStopped')
    await again.get(href('activationStopped'))
  }

  const run = async () => {
    const shown = await recover()
    await activate()
    const factors = await useEverySetting()
    await signInAgain(factors)
    await recoverAgain(factors)
    const owner = newBrowser()
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
