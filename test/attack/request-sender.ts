import type { CrowdMember } from '../world/crowd.ts'
import type { Client } from './client.ts'
import { type Answered, type Event, Hole } from './event-effects.ts'
import { type Asked, allowed, guarded, maySee } from './expectations.ts'
import type { Secrets } from './proofs.ts'
import type { World } from './run-sequence.ts'
import { aliveSession, type State } from './state.ts'
import { learn, mayHaveCaused } from './state-updates.ts'

type Body = Readonly<Record<string, string>>

export type Browser = { readonly name: number; readonly client: Client }
export type Request = { readonly browser: Browser; readonly path: string; readonly body: Body }

/** What the desk or the directory does to somebody, and what follows from it. */
export type DeskAct = {
  readonly what: string
  readonly run: () => Promise<unknown>
  readonly may: readonly string[]
  readonly apply: (state: State) => void
}

type Step =
  | { readonly desk: DeskAct }
  | { readonly asked: Omit<Asked, 'state'>; readonly answer: Answered; readonly nouveau: string | undefined }

/** One sequence, as far as it came. `state` is what is believed now: after several requests at once, another copy. */
export type Walk = {
  state: State
  readonly secrets: Secrets
  readonly people: readonly CrowdMember[]
  readonly browsers: readonly Browser[]
}

const orders = (count: number): number[][] =>
  count === 0
    ? [[]]
    : orders(count - 1).flatMap(shorter =>
        Array.from({ length: count }, (_, at) => [
          ...shorter.slice(0, at).map(one => one),
          count - 1,
          ...shorter.slice(at),
        ]),
      )
/** The order in which they were sent comes first. */
const ordersOf = (count: number) =>
  orders(count).sort((a, b) => a.join().localeCompare(b.join(), 'en', { numeric: true }))

/** Sends forms and looks at pages, and holds whatever follows to what was shown before. */
export const handsOf = async ({ application, now }: World, walk: Walk) => {
  const { people, secrets } = walk
  const ids = people.map(({ id }) => id)
  const sent: { path: string; body: Body }[] = []
  const told = new Map<string, number>()
  /** What was sent, and what was answered, for whoever reads of a hole. */
  const trail: string[] = []

  /** What the journals of these people tell since the last look. */
  const news = async (): Promise<Event[]> => {
    const rows = await application.store.read
      .selectFrom('audit_events')
      .select(['chain', 'sequence', 'kind'])
      .where(eb =>
        eb.or(ids.map(id => eb.and([eb('chain', '=', id), eb('sequence', '>', told.get(id) ?? 0)]))),
      )
      .orderBy('sequence')
      .execute()
    for (const { chain, sequence } of rows) told.set(chain, Math.max(told.get(chain) ?? 0, sequence))
    return rows.filter(({ kind }) => guarded.includes(kind))
  }
  await news()

  /** Of several passwords sent at once, the one that the directory took. */
  const writtenOf = async (steps: readonly Step[], events: readonly Event[]) => {
    const writes = events.filter(({ kind }) => kind === 'password.written')
    const candidates = steps.flatMap(step => ('asked' in step && step.nouveau ? [step.nouveau] : []))
    const bound = new Map<string, string>()
    if (steps.length < 2) return bound
    for (const { chain } of writes)
      for (const candidate of new Set(candidates))
        if ((await application.directory.bind(chain as CrowdMember['id'], candidate)).ok)
          bound.set(chain, candidate)
    return bound
  }

  type Evidence = { readonly bound: ReadonlyMap<string, string>; readonly left: Event[] }

  /** Takes out of what is left the events that this step may have caused, one of each kind. */
  const take = (step: Step, may: readonly string[], { bound, left }: Evidence) =>
    [...new Set(may)].flatMap(named => {
      const at = left.findIndex(({ kind, chain }) => `${kind}:${chain}` === named)
      const event = left[at]
      if (!event) return []
      if ('asked' in step && !mayHaveCaused(event.kind, step.answer)) return []
      const taken = event.kind === 'password.written' ? bound.get(event.chain) : undefined
      if (taken !== undefined && !('asked' in step && step.nouveau === taken)) return []
      left.splice(at, 1)
      return [event]
    })

  const follow = (state: State, step: Step, evidence: Evidence) => {
    if ('desk' in step) {
      take(step, step.desk.may, evidence)
      return step.desk.apply(state)
    }
    const asked: Asked = { ...step.asked, state }
    learn({ asked, answer: step.answer }, take(step, allowed(asked), evidence))
  }

  /** What is believed after these in this order; throws the hole that it finds. */
  const inOrder = (order: readonly number[], steps: readonly Step[], evidence: Evidence): State => {
    const state = steps.length === 1 ? walk.state : structuredClone(walk.state)
    for (const at of order) follow(state, steps[at] as Step, evidence)
    const [over] = evidence.left
    if (!over) return state
    const by = steps.map(step => ('desk' in step ? step.desk.what : step.asked.path)).join(', ')
    throw new Hole(`${over.kind} of ${over.chain} by ${by}, without a proof`)
  }

  /** One order of what was sent at once explains all that followed; else a hole was found. */
  const explained = (steps: readonly Step[], events: readonly Event[], bound: Evidence['bound']): State => {
    let hole: Hole | null = null
    for (const order of ordersOf(steps.length)) {
      try {
        return inOrder(order, steps, { bound, left: [...events] })
      } catch (fault) {
        if (!(fault instanceof Hole)) throw fault
        hole ??= fault
      }
    }
    throw hole
  }

  /** Any page of the account keeps a session alive. */
  const keepAlive = ({ client }: Browser, path: string) => {
    const session = path.startsWith('/fr/compte') && aliveSession(walk.state, client.cookies(), now())
    if (session) session.seenAt = now()
  }

  const post = async ({ browser, path, body }: Request): Promise<Step> => {
    sent.push({ path, body })
    keepAlive(browser, path)
    const asked = { path, body, cookies: browser.client.cookies(), secrets, people, now: now() }
    const answer = await browser.client.post(path, body)
    trail.push(
      `${browser.name}: ${path} ${JSON.stringify(body).slice(0, 120)} → ${answer.status} ${answer.location ?? ''}`,
    )
    return { asked, answer, nouveau: body.nouveau }
  }

  const act = async (desk: DeskAct): Promise<Step> => {
    await desk.run()
    trail.push(desk.what)
    return { desk }
  }

  /** Sends these at once, and learns from what came of them. */
  const send = async (requests: readonly Request[], desk?: DeskAct): Promise<readonly Answered[]> => {
    const steps = await Promise.all([...requests.map(post), ...(desk ? [act(desk)] : [])])
    const events = await news()
    walk.state = explained(steps, events, await writtenOf(steps, events))
    return steps.flatMap(step => ('asked' in step ? [step.answer] : []))
  }

  /** The same form, as another site would have a browser send it. */
  const foreign = async (browser: Browser, path: string, body: Body) => {
    await browser.client.post(path, body, 'cross-site')
    const [event] = await news()
    if (event) throw new Hole(`${event.kind} of ${event.chain} by another site's form, without a proof`)
  }

  const look = async (browser: Browser, page: string) => {
    keepAlive(browser, `/fr/${page}`)
    const cookies = browser.client.cookies()
    const { status, html, set } = await browser.client.get(`/fr/${page}`)
    if (set.session || set.journey || set.entering)
      throw new Hole(`a look at ${page} opened something, without a proof`)
    if (status === 200 && !maySee({ state: walk.state, cookies, now: now() }, page, html))
      throw new Hole(`the page ${page} was shown without a proof`)
    return html
  }

  return { send, foreign, look, sent, trail }
}

export type Hands = Awaited<ReturnType<typeof handsOf>>
