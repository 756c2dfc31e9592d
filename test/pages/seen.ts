import { hrefIn, type RouteName } from '../../src/routes.ts'
import { type Language, languages } from '../../src/texts/texts.ts'
import type { Visitor } from '../world/visitor.ts'

/** A page as the portal sent it, with its content security policy. */
export type SeenPage = {
  readonly route: RouteName
  readonly language: Language
  readonly path: string
  readonly status: number
  /** Opened by the answer to a form that was refused. */
  readonly refused: boolean
  readonly html: string
  readonly policy: string
}

type Params = Readonly<Record<string, string>>
type PageAnswer = Awaited<ReturnType<Visitor['get']>>

/** Collects the pages that a visitor sees, each in every language: the language is in the address. */
export const pagesSeen = () => {
  const seen: SeenPage[] = []

  const keep = (
    route: RouteName,
    language: Language,
    path: string,
    answer: PageAnswer,
    expected: number,
    refused = false,
  ) => {
    const { status, html, headers } = answer
    if (status !== expected)
      throw new Error(`${path}: ${expected} was expected, not ${status} ${answer.location ?? ''}`)
    const policy = headers.get('content-security-policy') ?? ''
    seen.push({ route, language, path, status, refused, html, policy })
    return html
  }

  /** Records the page of a route. Returns its French version. */
  const look = async (visitor: Visitor, route: RouteName, params: Params = {}, expected = 200) => {
    const shown: string[] = []
    for (const language of languages) {
      const path = hrefIn(language)(route, params)
      shown.push(keep(route, language, path, await visitor.get(path), expected))
    }
    return shown[0] ?? ''
  }

  /** Records the page after a refused form. `before` prepares what a refusal uses up, such as the challenge of a passkey. */
  const refuse = async (
    visitor: Visitor,
    route: RouteName,
    fields: Params,
    more: { readonly params?: Params; readonly before?: () => Promise<unknown> } = {},
  ) => {
    for (const language of languages) {
      await more.before?.()
      const path = hrefIn(language)(route, more.params)
      const demarche = visitor.refIn((await visitor.get(path)).html)
      const answer = await visitor.post(path, { ...fields, demarche })
      if (answer.status === 422) keep(route, language, path, answer, 422, true)
      else {
        const to = answer.location ?? path
        keep(route, language, to, await visitor.get(to), 200, true)
      }
    }
  }

  /** Records the page that a form answers with when it does not redirect. It can be sent once, so in one language. */
  const press = async (
    visitor: Visitor,
    route: RouteName,
    language: Language,
    fields: Params,
    params: Params,
  ) => {
    const path = hrefIn(language)(route, params)
    keep(route, language, path, await visitor.post(path, fields), 200)
  }

  return { seen, look, refuse, press }
}

export type PagesSeen = ReturnType<typeof pagesSeen>

/** Sends the form of a step, in French. */
export const send = async (visitor: Visitor, route: RouteName, fields: Params, params: Params = {}) => {
  const path = hrefIn('fr')(route, params)
  const demarche = visitor.refIn((await visitor.get(path)).html)
  const answer = await visitor.post(path, { ...fields, demarche })
  if (answer.status >= 400) throw new Error(`${path} refused ${Object.keys(fields)}: ${answer.status}`)
  return answer
}
