import { z } from 'zod'
import type { Directory, PersonId } from '../../directory/directory.ts'
import { type FactorProblem, problemOf } from '../../proofs/second-factor/ask-factor.tsx'
import type { Given, SecondFactor } from '../../proofs/second-factor/second-factor.ts'
import type { Store } from '../../store/store.ts'
import type { Language } from '../../texts/texts.ts'
import type { Ui } from '../../ui/ui.ts'
import { field } from '../../web/form.ts'
import { type Handler, type HandlerRequest, type HandlerResult, problem } from '../../web/handler.ts'
import type { KnownBrowsers } from '../known-browsers.ts'
import { ownersOf } from '../own-browser.ts'
import type { Sessions } from '../sessions/sessions.ts'
import { type Entering, pageOf } from './entering.ts'
import type { PendingSignIn, PendingSignIns } from './pending-sign-ins.ts'
import { secondFactorPage } from './second-factor.page.tsx'

const form = z.object({ code: field(60) })

type Deps = {
  readonly store: Store
  readonly directory: Pick<Directory, 'read'>
  readonly secondFactor: SecondFactor
  readonly pendingSignIns: PendingSignIns
  readonly entering: Entering
  readonly sessions: Pick<Sessions, 'find'>
  readonly knownBrowsers: KnownBrowsers
  readonly ui: (language: Language) => Ui
}

type Half = PendingSignIn & { readonly person: PersonId }

/** After the right password of somebody who has a second factor: a code of the app, or a printed one. */
export const secondFactorRoutes = (deps: Deps) => {
  const { store, directory, secondFactor, pendingSignIns, entering } = deps
  const owners = ownersOf(deps)

  const page = async (
    request: HandlerRequest,
    half: Half,
    refusal: FactorProblem | null,
  ): Promise<HandlerResult> => ({
    kind: 'page',
    status: refusal ? 422 : 200,
    page: secondFactorPage({
      ui: deps.ui(request.language),
      returnTo: pageOf(request),
      factors: await secondFactor.of(half.person),
      problem: refusal,
    }),
  })

  const waiting =
    (work: (request: HandlerRequest, half: Half) => Promise<HandlerResult>): Handler =>
    async request => {
      const half = await pendingSignIns.find(request.cookie('entering'))
      return half?.person ? work(request, { ...half, person: half.person }) : entering.without(request)
    }

  /** One transaction counts the answer, uses the factor up, and opens the session: none of them without the others. */
  const judged = async (request: HandlerRequest, half: Half, given: Given): Promise<HandlerResult> => {
    const { person } = half
    // The directory may have ended this person since the password was right.
    const found = await directory.read(person)
    if (!found.ok) return problem('directory-unavailable')
    if (!found.person || found.person.ended) return entering.without(request)
    const asker = (await owners(request)).has(person) ? 'own' : 'stranger'
    const outcome = await store.transaction(async tx => {
      if (!(await pendingSignIns.spend(tx, half))) return null
      // Before the factor is judged: a refusal must not tell whether it was right, nor use it up.
      if (await entering.isShut(tx, half)) return null
      const verdict = await secondFactor.judge(tx, person, given, request.language, asker)
      if (verdict.verdict !== 'right') return { refusal: problemOf(verdict) }
      return { cookies: await entering.openFrom(tx, request, half, { person, factor: verdict.by }) }
    })
    if (outcome?.refusal) {
      const waits = await pendingSignIns.find(request.cookie('entering'))
      return page(request, half, waits ? outcome.refusal : { reason: 'factor-restart' })
    }
    return outcome?.cookies ? entering.enter(request, outcome.cookies) : entering.without(request)
  }

  return {
    get: waiting((request, half) => page(request, half, null)),
    post: waiting(async (request, half) => {
      const fields = form.safeParse(request.body)
      if (!fields.success) return problem('bad-request')
      const who = { network: request.network.id, journey: half.id }
      const read = await secondFactor.read(half.person, fields.data.code, who)
      if (read.ok) return judged(request, half, read.given)
      if (read.reason === 'hashing-busy' || read.reason === 'hashing-twice')
        return problem('busy', { retryAfter: 5 })
      return page(request, half, { reason: read.reason })
    }),
  }
}
