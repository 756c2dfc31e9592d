import { Agent, request } from 'node:http'

type Answer = { readonly status: number; readonly location: string; readonly html: string }

/** A browser as cheap as can be: what it costs is taken from what it measures, on the same cores. */
export const newBrowser = (port: number, agent: Agent, network: string) => {
  let cookie = ''
  const ask = (path: string, form?: Readonly<Record<string, string>>) =>
    new Promise<Answer>((resolve, reject) => {
      const body = form ? new URLSearchParams(form).toString() : ''
      const headers = {
        ...{ cookie, 'accept-language': 'fr', 'sec-fetch-site': 'same-origin', 'x-forwarded-for': network },
        ...(form && {
          'content-type': 'application/x-www-form-urlencoded',
          'content-length': Buffer.byteLength(body),
        }),
      }
      const sent = request(
        { host: '127.0.0.1', port, path, method: form ? 'POST' : 'GET', headers, agent },
        answer => {
          for (const line of answer.headers['set-cookie'] ?? [])
            if (line.startsWith('__Host-journey')) cookie = line.split(';')[0] ?? ''
          const parts: Buffer[] = []
          answer.on('data', part => parts.push(part))
          answer.on('end', () =>
            resolve({
              status: answer.statusCode ?? 0,
              location: answer.headers.location ?? '',
              html: Buffer.concat(parts).toString(),
            }),
          )
        },
      )
      sent.on('error', reject)
      sent.end(body)
    })
  return { ask }
}

export const newAgent = (maxSockets = 128) => new Agent({ keepAlive: true, maxSockets })

const refIn = (html: string) => /name="demarche" value="([^"]*)"/.exec(html)?.[1] ?? ''
const joker = '/fr/mot-de-passe/question-joker'
const choose = '/fr/mot-de-passe/nouveau'

export type StepTimes = { identify: number; joker: number; choose: number }

/** A whole journey as a person makes it, its pages included; the milliseconds of each post. */
export const walk = async (
  browser: ReturnType<typeof newBrowser>,
  traveller: { number: string; date: string },
  password: string,
): Promise<StepTimes> => {
  const timed = async (path: string, form: Readonly<Record<string, string>>, next: string) => {
    const begun = performance.now()
    const { status, location, html } = await browser.ask(path, form)
    const said = /<h1[^>]*>([^<]*)/.exec(html)?.[1] ?? ''
    if (!location.endsWith(next))
      throw new Error(`${path} answered ${status} ${location} « ${said} » instead of ${next}`)
    return performance.now() - begun
  }
  const identify = await timed(
    '/fr/mot-de-passe/identification/numero-personnel',
    { numero: traveller.number, naissance: traveller.date },
    'question-joker',
  )
  const demarche = refIn((await browser.ask(joker)).html)
  const answered = await timed(joker, { reponse: 'rex', demarche }, 'nouveau')
  await browser.ask(choose)
  const form = { nouveau: password, confirmation: password, charte: 'oui', demarche }
  const chosen = await timed(choose, form, 'termine')
  await browser.ask('/fr/mot-de-passe/termine')
  return { identify, joker: answered, choose: chosen }
}

/** Runs `work` for each item, so many at once. */
export const together = async <T>(
  items: readonly T[],
  at: number,
  work: (item: T, index: number) => Promise<void>,
) => {
  let next = 0
  const one = async () => {
    while (next < items.length) {
      const index = next
      next += 1
      await work(items[index] as T, index)
    }
  }
  await Promise.all(Array.from({ length: at }, one))
}
