import { Agent as HttpAgent, type RequestOptions, request as requestHttp } from 'node:http'
import { Agent as HttpsAgent, request as requestHttps } from 'node:https'
import { z } from 'zod'

const step = z.strictObject({
  /** `{login}` and other names in braces, here and in the form, are what is known of the person or was taken before. */
  path: z.string().startsWith('/'),
  /** Absent: a GET. */
  form: z.record(z.string(), z.string()).optional(),
  /** By name, a regular expression with one group, read in the answer. */
  take: z.record(z.string(), z.string()).optional(),
  /** A regular expression that the answer must match, as « STATUS LOCATION BODY »: a refusal must not count as work done. */
  expect: z.string(),
})

/** What one person does at a portal, as requests. No redirect is followed: it is a step of its own. */
export const recipe = z.strictObject({
  action: z.enum(['page', 'sign-in', 'change', 'reset']),
  steps: z.array(step).min(1),
})

export type Recipe = z.infer<typeof recipe>
export type Values = Readonly<Record<string, string>>
type Step = Recipe['steps'][number]
type RecipeResponse = { readonly status: number; readonly location: string; readonly body: string }

const filled = (text: string, values: Values) =>
  text.replace(/\{([\w-]+)\}/g, (_, name) => {
    const value = values[name]
    if (value === undefined) throw new Error(`the recipe names {${name}}, which no step took`)
    return value
  })

const bodyOf = (form: NonNullable<Step['form']>, values: Values) =>
  new URLSearchParams(Object.entries(form).map(([name, text]) => [name, filled(text, values)])).toString()

/** The same client for every portal, with connections that are kept; `ca`: the authority of a portal with TLS. */
export const openRecipeClient = (url: URL, ca?: Buffer) => {
  const isSecure = url.protocol === 'https:'
  const agent = isSecure ? new HttpsAgent({ keepAlive: true, ca }) : new HttpAgent({ keepAlive: true })
  const send = isSecure ? requestHttps : requestHttp

  const ask = (path: string, body: string | null, cookies: Map<string, string>, network: string) =>
    new Promise<RecipeResponse>((resolve, reject) => {
      const form = 'application/x-www-form-urlencoded'
      const options: RequestOptions = {
        agent,
        method: body === null ? 'GET' : 'POST',
        headers: {
          'X-Forwarded-For': network,
          'Sec-Fetch-Site': 'same-origin',
          Origin: url.origin,
          Cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
          ...(body !== null && { 'Content-Type': form, 'Content-Length': String(Buffer.byteLength(body)) }),
        },
      }
      const sent = send(new URL(path, url), options, answer => {
        for (const line of answer.headers['set-cookie'] ?? []) {
          const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
          cookies.set(name, value)
        }
        const parts: Buffer[] = []
        answer.on('data', part => parts.push(part))
        answer.on('error', reject)
        answer.on('end', () =>
          resolve({
            status: answer.statusCode ?? 0,
            location: answer.headers.location ?? '',
            body: Buffer.concat(parts).toString(),
          }),
        )
      })
      sent.on('error', reject)
      sent.end(body ?? undefined)
    })

  /** Follows the recipe as one person, in a browser of their own. Throws where an answer is not what the recipe expects. */
  const follow = async ({ steps }: Recipe, person: Values, network: string) => {
    const cookies = new Map<string, string>()
    let values = person
    for (const { path, form, take = {}, expect } of steps) {
      const answer = await ask(filled(path, values), form ? bodyOf(form, values) : null, cookies, network)
      const text = `${answer.status} ${answer.location} ${answer.body}`
      if (!new RegExp(expect).test(text))
        throw new Error(`${path} answered « ${text.slice(0, 200)} » instead of ${expect}`)
      for (const [name, pattern] of Object.entries(take))
        values = { ...values, [name]: new RegExp(pattern).exec(answer.body)?.[1] ?? '' }
    }
  }
  return { follow, close: () => agent.destroy() }
}
