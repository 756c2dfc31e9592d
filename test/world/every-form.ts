import { hrefIn, type RouteName, routes } from '../../src/routes.ts'
import { optionsIn } from './factors.ts'
import type { Visitor } from './visitor.ts'

type Params = Readonly<Record<string, string>>

/** Everything that one person could type or sign in any form. */
export type Secrets = {
  readonly fields: () => Params
  /** Signs a challenge; absent when the person has no passkey. */
  readonly sign?: (options: unknown) => string
}

/** Sent last: they end sessions and journeys, after which the other forms would do nothing. */
const last: readonly RouteName[] = [
  'newPassword',
  'activationPassword',
  'expiredPassword',
  'signOut',
  'notMe',
]

export const postRoutes = (Object.keys(routes) as RouteName[])
  .filter(name => 'post' in routes[name])
  .sort((a, b) => last.indexOf(a) - last.indexOf(b))

const paramsOf: { readonly [route in RouteName]?: readonly Params[] } = {
  signInFor: [{ page: 'compte' }, { page: 'mot-de-passe' }],
  confirm: [{ page: 'compte' }, { page: 'application' }],
  confirmPasskey: [{ page: 'compte' }],
  secondFactor: [{ page: 'compte' }],
  signInPasskey: [{ page: 'compte' }],
  identify: [{ kind: 'uid' }],
  identifyForIdentifier: [{ kind: 'uid' }],
  identifyForActivation: [{ kind: 'uid' }],
  addressCode: [{ kind: 'mail' }],
  notMe: [{ token: 'abcdefghijklmnopqrstuv' }],
}

const takesPasskey: readonly RouteName[] = [
  'confirmPasskey',
  'signInPasskey',
  'journeyPasskey',
  'identifierPasskey',
  'passkeyNew',
  'passkeyTry',
]

/** Sends one form with all secrets of the person, and signs the challenge if the form asks for a passkey. */
const sendForm = async (visitor: Visitor, route: RouteName, params: Params, { fields, sign }: Secrets) => {
  const path = hrefIn('fr')(route, params)
  const before = await visitor.get(path)
  const demarche = visitor.refIn(before.html)
  if (!takesPasskey.includes(route) || !sign) return visitor.post(path, { ...fields(), demarche })
  await visitor.post(path, { demarche })
  const options = optionsIn((await visitor.get(path)).html) as { readonly challenge?: string }
  return visitor.post(path, { ...fields(), demarche, ...(options.challenge && { cle: sign(options) }) })
}

/** Sends every form of the portal in this browser, one after the other. */
export const sendEveryForm = async (
  visitor: Visitor,
  secrets: Secrets,
  onAnswer: (route: RouteName, answer: Awaited<ReturnType<Visitor['post']>>) => Promise<void> | void,
) => {
  for (const route of postRoutes)
    for (const params of paramsOf[route] ?? [{}])
      await onAnswer(route, await sendForm(visitor, route, params, secrets))
}
