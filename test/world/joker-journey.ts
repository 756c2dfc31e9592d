import type { HandlerResult } from '../../src/web/handler.ts'
import type { Counted, CountedApplication } from './counted-application.ts'
import type { CrowdMember } from './crowd.ts'
import { provedJourney } from './proved-journey.ts'

/** The requests of a joker journey, in order. */
export type CountedRequest = Counted & { readonly request: string }

const expectResult = (request: string, result: HandlerResult, next: string | null) => {
  const isExpected =
    next === null ? result.kind === 'page' : result.kind === 'redirect' && result.to.endsWith(next)
  if (!isExpected) throw new Error(`${request} answered ${JSON.stringify(result)}`)
}

/** A browser whose requests are counted. `next`: the end of the URL to which the request leads; `null`: it shows a page. */
const newCountedBrowser = ({ counter, newBrowser }: CountedApplication) => {
  const browser = newBrowser()
  const requests: CountedRequest[] = []
  const count = async (request: string, send: () => Promise<HandlerResult>, next: string | null) => {
    const counted = await counter.during(async () => expectResult(request, await send(), next))
    requests.push({ request, ...counted })
  }
  return { ...browser, count, requests }
}

type Typed = Pick<CrowdMember, 'number' | 'date'>

const identify = async (browser: ReturnType<typeof newCountedBrowser>, { number, date }: Typed) => {
  const { ask, count } = browser
  const form = { params: { kind: 'numero-personnel' }, body: { numero: number, naissance: date } }
  await count('POST identification', () => ask('identify', 'post', form), 'question-joker')
  await count('GET joker', () => ask('joker', 'get'), null)
}

/** Walks a whole joker journey, and gives what each of its requests asked of the store. */
export const countJokerJourney = async (
  application: CountedApplication,
  typed: Typed,
  password: string,
): Promise<readonly CountedRequest[]> => {
  const browser = newCountedBrowser(application)
  const { ask, count, journey, requests } = browser
  await identify(browser, typed)
  const answer = { body: { reponse: 'rex', demarche: journey() } }
  await count('POST joker', () => ask('joker', 'post', answer), 'nouveau')
  await count('GET new password', () => ask('newPassword', 'get'), null)
  const chosen = { nouveau: password, confirmation: password, charte: 'oui', demarche: journey() }
  await count('POST new password', () => ask('newPassword', 'post', { body: chosen }), 'termine')
  await count('GET done', () => ask('done', 'get'), null)
  return requests
}

/** Identification and a wrong answer, for a number that somebody has or that nobody has. */
export const countWrongAnswer = async (application: CountedApplication, typed: Typed) => {
  const browser = newCountedBrowser(application)
  const { ask, count, journey, requests } = browser
  await identify(browser, typed)
  const answer = { body: { reponse: 'médor', demarche: journey() } }
  await count('POST joker', () => ask('joker', 'post', answer), null)
  // Reads that run at the same time end in any order.
  return requests.map(({ statements, ...one }) => ({ ...one, statements: [...statements].sort() }))
}

/** Writes a password as a journey does, without the journey: its attempt is committed, then it is written and recorded. */
export const countPasswordWrite = async (
  { application, counter }: CountedApplication,
  { id }: CrowdMember,
  password: string,
): Promise<Counted> => {
  const { attempts, source } = application.passwordWrite
  const facts = { language: 'fr', historyHash: 'h', charterVersion: null } as const
  const journey = await provedJourney(application.store, id)
  const request = { kind: 'reset', person: id, journey, facts } as const
  const counted = await counter.during(async () => {
    const prepared = await attempts.prepare(request, password)
    const outcome = await source.commitAndWrite(prepared, password, { record: async () => true })
    if (!outcome?.ok) throw new Error(outcome?.reason)
  })
  // That of the journey is counted with its request.
  const statements = counted.statements.filter(statement => !statement.startsWith('update "journeys"'))
  return { ...counted, statements }
}

/** The sums of several requests. */
export const totalOf = (counted: readonly Counted[]) => ({
  statements: counted.reduce((sum, { statements }) => sum + statements.length, 0),
  transactions: counted.reduce((sum, { transactions }) => sum + transactions, 0),
})
