import type { CrowdMember } from '../world/crowd.ts'
import type { Client } from './client.ts'
import { type AuditEvent, type ObservedAnswer, Vulnerability } from './event-effects.ts'
import { allowedEvents, eventsThatNeedProof, mayView, type ObservedRequest } from './expectations.ts'
import type { Secrets } from './proofs.ts'
import type { AttackTarget } from './run-sequence.ts'
import { activeSession, type State } from './state.ts'
import { mayHaveCaused, updateState } from './state-updates.ts'

type Body = Readonly<Record<string, string>>

export type Browser = { readonly name: number; readonly client: Client }
export type FormRequest = { readonly browser: Browser; readonly path: string; readonly body: Body }

/** An operation of the helpdesk or of the directory, the events it may cause, and its effect on the expected state. */
export type DeskOperation = {
  readonly what: string
  readonly run: () => Promise<unknown>
  readonly mayCause: readonly string[]
  readonly apply: (state: State) => void
}

type Step =
  | { readonly desk: DeskOperation }
  | {
      readonly request: Omit<ObservedRequest, 'state'>
      readonly answer: ObservedAnswer
      readonly nouveau: string | undefined
    }

/** The run of one sequence. `state` is the expected state: a new object after several requests at once. */
export type SequenceRun = {
  state: State
  readonly secrets: Secrets
  readonly people: readonly CrowdMember[]
  readonly browsers: readonly Browser[]
}

const permutations = (count: number): number[][] =>
  count === 0
    ? [[]]
    : permutations(count - 1).flatMap(shorter =>
        Array.from({ length: count }, (_, at) => [
          ...shorter.slice(0, at).map(one => one),
          count - 1,
          ...shorter.slice(at),
        ]),
      )
/** All orders of this many steps; the order in which they were sent comes first. */
const permutationsInSendOrder = (count: number) =>
  permutations(count).sort((a, b) => a.join().localeCompare(b.join(), 'en', { numeric: true }))

/** Sends forms and views pages, and throws a `Vulnerability` when an effect is not explained by the proofs that were shown. */
export const createRequestSender = async ({ application, now }: AttackTarget, run: SequenceRun) => {
  const { people, secrets } = run
  const ids = people.map(({ id }) => id)
  const sentForms: { path: string; body: Body }[] = []
  const lastSequences = new Map<string, number>()
  /** Requests and answers, for the report of a vulnerability. */
  const history: string[] = []

  /** The audit events of these people since the last call. */
  const readNewEvents = async (): Promise<AuditEvent[]> => {
    const rows = await application.store.read
      .selectFrom('audit_events')
      .select(['chain', 'sequence', 'kind'])
      .where(eb =>
        eb.or(ids.map(id => eb.and([eb('chain', '=', id), eb('sequence', '>', lastSequences.get(id) ?? 0)]))),
      )
      .orderBy('sequence')
      .execute()
    for (const { chain, sequence } of rows)
      lastSequences.set(chain, Math.max(lastSequences.get(chain) ?? 0, sequence))
    return rows.filter(({ kind }) => eventsThatNeedProof.includes(kind))
  }
  await readNewEvents()

  /** Of several passwords sent at once, the one that the directory accepts, by person. */
  const findWrittenPasswords = async (steps: readonly Step[], events: readonly AuditEvent[]) => {
    const writes = events.filter(({ kind }) => kind === 'password.written')
    const candidates = steps.flatMap(step => ('request' in step && step.nouveau ? [step.nouveau] : []))
    const acceptedPasswords = new Map<string, string>()
    if (steps.length < 2) return acceptedPasswords
    for (const { chain } of writes)
      for (const candidate of new Set(candidates))
        if ((await application.directory.bind(chain as CrowdMember['id'], candidate)).ok)
          acceptedPasswords.set(chain, candidate)
    return acceptedPasswords
  }

  type Evidence = {
    readonly acceptedPasswords: ReadonlyMap<string, string>
    readonly unexplained: AuditEvent[]
  }

  /** Removes from the unexplained events those that this step may have caused, one of each kind, and returns them. */
  const takeCausedEvents = (
    step: Step,
    mayCause: readonly string[],
    { acceptedPasswords, unexplained }: Evidence,
  ) =>
    [...new Set(mayCause)].flatMap(named => {
      const at = unexplained.findIndex(({ kind, chain }) => `${kind}:${chain}` === named)
      const event = unexplained[at]
      if (!event) return []
      if ('request' in step && !mayHaveCaused(event.kind, step.answer)) return []
      const taken = event.kind === 'password.written' ? acceptedPasswords.get(event.chain) : undefined
      if (taken !== undefined && !('request' in step && step.nouveau === taken)) return []
      unexplained.splice(at, 1)
      return [event]
    })

  const applyStep = (state: State, step: Step, evidence: Evidence) => {
    if ('desk' in step) {
      takeCausedEvents(step, step.desk.mayCause, evidence)
      return step.desk.apply(state)
    }
    const request: ObservedRequest = { ...step.request, state }
    updateState({ request, answer: step.answer }, takeCausedEvents(step, allowedEvents(request), evidence))
  }

  /** The expected state after these steps in this order; throws when an event remains unexplained. */
  const applyInOrder = (order: readonly number[], steps: readonly Step[], evidence: Evidence): State => {
    const state = steps.length === 1 ? run.state : structuredClone(run.state)
    for (const at of order) applyStep(state, steps[at] as Step, evidence)
    const [remaining] = evidence.unexplained
    if (!remaining) return state
    const by = steps.map(step => ('desk' in step ? step.desk.what : step.request.path)).join(', ')
    throw new Vulnerability(`${remaining.kind} of ${remaining.chain} by ${by}, without a proof`)
  }

  /** The expected state by the first order of concurrent steps that explains every event; throws when no order does. */
  const findExplanation = (
    steps: readonly Step[],
    events: readonly AuditEvent[],
    acceptedPasswords: Evidence['acceptedPasswords'],
  ): State => {
    let vulnerability: Vulnerability | null = null
    for (const order of permutationsInSendOrder(steps.length)) {
      try {
        return applyInOrder(order, steps, { acceptedPasswords, unexplained: [...events] })
      } catch (fault) {
        if (!(fault instanceof Vulnerability)) throw fault
        vulnerability ??= fault
      }
    }
    throw vulnerability
  }

  /** Every request to an account page resets the idle time of the session. */
  const keepAlive = ({ client }: Browser, path: string) => {
    const session = path.startsWith('/fr/compte') && activeSession(run.state, client.cookies(), now())
    if (session) session.seenAt = now()
  }

  const post = async ({ browser, path, body }: FormRequest): Promise<Step> => {
    sentForms.push({ path, body })
    keepAlive(browser, path)
    const request = { path, body, cookies: browser.client.cookies(), secrets, people, now: now() }
    const answer = await browser.client.post(path, body)
    history.push(
      `${browser.name}: ${path} ${JSON.stringify(body).slice(0, 120)} → ${answer.status} ${answer.location ?? ''}`,
    )
    return { request, answer, nouveau: body.nouveau }
  }

  const runDeskOperation = async (desk: DeskOperation): Promise<Step> => {
    await desk.run()
    history.push(desk.what)
    return { desk }
  }

  /** Sends these at once, and updates the expected state. */
  const send = async (
    requests: readonly FormRequest[],
    desk?: DeskOperation,
  ): Promise<readonly ObservedAnswer[]> => {
    const steps = await Promise.all([...requests.map(post), ...(desk ? [runDeskOperation(desk)] : [])])
    const events = await readNewEvents()
    run.state = findExplanation(steps, events, await findWrittenPasswords(steps, events))
    return steps.flatMap(step => ('request' in step ? [step.answer] : []))
  }

  /** Sends a form as a browser does for another site (CSRF); it must cause no event. */
  const sendCrossSite = async (browser: Browser, path: string, body: Body) => {
    await browser.client.post(path, body, 'cross-site')
    const [event] = await readNewEvents()
    if (event)
      throw new Vulnerability(`${event.kind} of ${event.chain} by another site's form, without a proof`)
  }

  const look = async (browser: Browser, page: string) => {
    keepAlive(browser, `/fr/${page}`)
    const cookies = browser.client.cookies()
    const { status, html, set } = await browser.client.get(`/fr/${page}`)
    if (set.session || set.journey || set.pending)
      throw new Vulnerability(`viewing ${page} opened something, without a proof`)
    if (status === 200 && !mayView({ state: run.state, cookies, now: now() }, page, html))
      throw new Vulnerability(`the page ${page} was shown without a proof`)
    return html
  }

  return { send, sendCrossSite, look, sentForms, history }
}

export type RequestSender = Awaited<ReturnType<typeof createRequestSender>>
