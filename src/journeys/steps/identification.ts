import { z } from 'zod'
import { digestOf, hmac, newHandle } from '../../crypto/crypto.ts'
import { parseBirthDate } from '../../directory/birth-date.ts'
import {
  type BirthDate,
  type NumberKind,
  numberKinds,
  type Person,
  type Population,
} from '../../directory/directory.ts'
import { checkIneKey } from '../../directory/ine.ts'
import { foldNumber, isNumber } from '../../directory/number.ts'
import { directoryUnavailable } from '../../directory/problem.ts'
import { journeyCookie } from '../../identity/journey-cookie.ts'
import type { Limits } from '../../limits/limits.ts'
import type { RateLimit } from '../../limits/rate-limiter.ts'
import { type Ok, ok } from '../../result.ts'
import { numberSlugs } from '../../routes.ts'
import type { Tx } from '../../store/store.ts'
import { field } from '../../web/form.ts'
import { type Handler, type HandlerRequest, problem, redirect, tooMany } from '../../web/handler.ts'
import { badRequest, notFound } from '../../web/problems.ts'
import { type IdentificationProblem, identificationPage } from './identification.page.tsx'
import { journeyDetails } from './journey-details.ts'
import { sealLogin } from './journey-login.ts'
import { type IdentificationResult, type ProofStepDeps, pageOfState, type StepDeps } from './steps.ts'
import { type Subject, subjectOf } from './subject.ts'

const form = z.object({ numero: field(200), naissance: field(60) })

const kindOfSlug = (slug: string | undefined): NumberKind | undefined =>
  numberKinds.find(kind => numberSlugs[kind] === slug)

type IdentificationInput = {
  readonly kind: NumberKind
  readonly number: string
  readonly date: BirthDate
  readonly ineDoubt: boolean
}

/** Input errors are shown at once, because they depend on the input alone and never on the directory. */
const read = (
  kind: NumberKind,
  fields: z.infer<typeof form>,
  today: Date,
): Ok<IdentificationInput> | { readonly ok: false; readonly problems: IdentificationProblem[] } => {
  const number = foldNumber(kind, fields.numero)
  const date = parseBirthDate(fields.naissance, today)
  const problems: IdentificationProblem[] = []
  if (number === '') problems.push({ field: 'numero', reason: 'number-missing' })
  else if (!isNumber(kind, number)) problems.push({ field: 'numero', reason: 'number-form' })
  if (!date.ok) problems.push({ field: 'naissance', reason: date.reason })
  if (problems.length > 0 || !date.ok) return { ok: false, problems }
  const ineDoubt = kind === 'ine' && checkIneKey(fields.numero) === 'wrong'
  return ok({ kind, number, date: date.date, ineDoubt })
}

const accountStatusOf = (person: Person | null) => {
  if (person?.closed) return 'closed'
  return person?.privileged ? 'privileged' : 'open'
}

/** The policy of the population of the typed number applies to everybody. A known person must also meet those of their own populations. */
const populationsOf = (typed: Population, person: Person | null) => [
  ...new Set([typed, ...(person?.populations ?? [])]),
]

type IdentificationDeps<State extends { step: string }, Event extends string> = Pick<
  StepDeps<State, Event>,
  | 'store'
  | 'clock'
  | 'limits'
  | 'keys'
  | 'audit'
  | 'notices'
  | 'directory'
  | 'rateLimiter'
  | 'journeys'
  | 'definition'
  | 'ui'
>

type Deps<State extends { step: string }, Event extends string> = IdentificationDeps<State, Event> & {
  readonly initialState: (result: IdentificationResult) => State
}

/** The limit of this network. It is higher for a campus, which shares one address among many people. */
const limitOn = ({ limits }: { readonly limits: Limits }, request: HandlerRequest, limit: number) =>
  request.network.campus ? limit * limits.campusFactor : limit

/** Whether the network is admitted, with the number of times that this number was typed lately, or when it is admitted again. */
type Admitted = { readonly opensAt: null; readonly typedCount: number } | { readonly opensAt: number }

/**
 * Refused requests are not counted, so retries do not delay the network. With an admitted one the number is counted, which refuses
 * nobody. `typed`: `null` where the form is incomplete.
 */
const admitNetwork = <State extends { step: string }, Event extends string>(
  deps: IdentificationDeps<State, Event>,
  request: HandlerRequest,
  typed: IdentificationInput | null,
): Promise<Admitted> =>
  deps.store.transaction(async tx => {
    const { keys, limits, rateLimiter, journeys } = deps
    const rateLimit: RateLimit = { name: 'identification', window: limits.identificationWindow }
    const key = request.network.id
    const limit = limitOn(deps, request, limits.identificationPerNetwork)
    const number = typed && {
      rateLimit: { name: 'number', window: limits.identificationNumberWindow },
      key: hmac(keys.of('subject'), 'number', typed.kind, typed.number),
    }
    const mostOpen = limitOn(deps, request, limits.journeysPerNetwork)
    const { reason, totals } = await rateLimiter.admitCounting<'full' | 'journeys'>(tx, {
      checks: [{ rateLimit, key, limit, reason: 'full' }],
      counted: number ? [number] : [],
      unless: async () => ((await journeys.countOpen(tx, key)) < mostOpen ? null : 'journeys'),
    })
    if (reason === 'full') return { opensAt: await rateLimiter.opensAt(rateLimit, key, limit, tx) }
    if (reason === 'journeys') return { opensAt: request.arrivedAt + limits.journeyIdle }
    const [, typedCount = 0] = totals
    return { opensAt: null, typedCount }
  })

async function reportAmbiguousNumber(
  { clock, notices, audit }: Pick<ProofStepDeps, 'clock' | 'notices' | 'audit'>,
  tx: Tx,
  request: HandlerRequest,
) {
  await notices.write(tx, {
    kind: 'desk-incident',
    person: null,
    facts: { at: clock.now(), event: 'ambiguous-number', device: '' },
    language: request.language,
  })
  // An event before a proof: whatever `chain` says, `audit/rolling.ts` puts it in a rolling chain.
  await audit.append(tx, { chain: 'system', kind: 'number.ambiguous', by: { kind: 'anonymous' } })
}

/** Opens the journey; gives its first page. */
async function open<State extends { step: string }, Event extends string>(
  deps: Deps<State, Event>,
  tx: Tx,
  request: HandlerRequest,
  { typed, who, handle }: { typed: IdentificationInput; who: Subject; handle: string },
) {
  const { journeys, audit, definition } = deps
  const { subject, person, ambiguous } = who
  const { kind, ineDoubt } = typed
  const state = deps.initialState({
    person: person?.id ?? null,
    numberKind: kind,
    ineDoubt,
    accountStatus: accountStatusOf(person),
    populations: populationsOf(deps.directory.populationOf(kind), person),
    sealedLogin: sealLogin(deps.keys, digestOf(handle), person?.login ?? null),
  })
  const { device } = request
  const id = await journeys.open(tx, {
    handle,
    subject,
    state,
    network: request.network.id,
    language: request.language,
    device,
  })
  if (ambiguous) await reportAmbiguousNumber(deps, tx, request)
  await audit.append(tx, {
    chain: subject,
    kind: 'journey.opened',
    by: { kind: 'anonymous' },
    details: { journey: definition.journey, by: typed.kind, ...journeyDetails({ id, device }) },
  })
  return pageOfState(definition, state)
}

/** Extra delay of 1 to 5 seconds, in milliseconds, for a number that is typed too often, known or not. */
const penalty = ({ limits }: { readonly limits: Limits }, count: number) =>
  count > limits.identificationPerNumber
    ? Math.min(limits.identificationMaxDelay, 1000 + (count - limits.identificationPerNumber) * 100)
    : 0

const untilFloor = (
  { clock, limits }: Pick<ProofStepDeps, 'clock' | 'limits'>,
  arrivedAt: number,
  penaltyMs: number,
) => {
  const elapsed = clock.now() - arrivedAt
  const floor = limits.identificationFloor
  return Math.ceil((elapsed + 1) / floor) * floor - elapsed + penaltyMs
}

/**
 * Step 1. The answer never reveals whether the person exists: the same directory search, the same rows and an answer in the same
 * time steps, known or not. Only errors of the input itself are answered at once. No password is hashed in this step. Every well-formed number and date opens a journey, at the state that
 * `initialState` gives: a question is asked of known and unknown people. It is no form of a journey (`form-step.ts`), because it opens one.
 */
export const createIdentificationHandler = <State extends { step: string }, Event extends string>(
  stepDeps: IdentificationDeps<State, Event>,
  initialState: (result: IdentificationResult) => State,
): Handler => {
  const deps = { ...stepDeps, initialState }
  const { store, clock, limits, keys, directory, definition } = deps
  return async request => {
    const kind = kindOfSlug(request.params.kind)
    if (!kind) return problem(notFound)
    const fields = form.safeParse(request.body)
    if (!fields.success) return problem(badRequest)
    const typed = read(kind, fields.data, new Date(clock.now()))
    const admitted = await admitNetwork(deps, request, typed.ok ? typed : null)
    if (admitted.opensAt !== null) return tooMany(request, admitted.opensAt)
    if (!typed.ok) {
      const ui = deps.ui(request.language)
      const { problems } = typed
      const page = identificationPage({ ui, definition, kind, values: fields.data, problems })
      return { kind: 'page', status: 422, page }
    }
    const found = await directory.find(typed.kind, typed.number)
    if (!found.ok) return problem(directoryUnavailable)
    const handle = newHandle()
    const who = subjectOf(keys, typed, found.people)
    const opened = { typed, who, handle }
    const page = await store.transaction(tx => open(deps, tx, request, opened))
    await clock.sleep(untilFloor(deps, request.arrivedAt, penalty(deps, admitted.typedCount)))
    // A write that ends late can still be read (`journey-row.ts`).
    const maxAge = (limits.journeyMaxAge + limits.journeyIdle) / 1000
    const cookie = { cookie: journeyCookie, value: handle, maxAge } as const
    return redirect(request.href(page), [cookie])
  }
}
