import { z } from 'zod'
import type { Passkeys } from '../../proofs/passkey/passkey.ts'
import { type FactorProblem, problemOf } from '../../proofs/second-factor/ask-factor.tsx'
import type { Given } from '../../proofs/second-factor/second-factor.ts'
import type { RouteName } from '../../routes.ts'
import type { Revocations } from '../../services/source/revocations.ts'
import { type Answer, type Ask, go, type Handler, problem } from '../../web/ask.ts'
import { field, optionalField } from '../../web/form.ts'
import type { Journey } from '../journey.ts'
import { publicRef } from './guard.ts'
import type { Place } from './place.ts'
import { factorPage, passkeyPage } from './second-factor.page.tsx'
import type { AtFactor, ProofParts } from './steps.ts'

const codeForm = z.object({ code: field(60), demarche: optionalField(40) })
const passkeyForm = z.object({ cle: field(12_000).optional(), demarche: optionalField(40) })

const holderOf = (journey: { readonly id: string }) => `journey:${journey.id}`

type At = Journey<AtFactor>

/**
 * The second factor of somebody who has one, after the joker: a reset never goes round it. Nobody unknown comes here,
 * since no answer leaves their joker. Whoever has nothing to show is sent to the desk.
 */
export const secondFactorStep = (
  parts: ProofParts & { readonly passkeys: Passkeys; readonly revocations: Pick<Revocations, 'hold'> },
  place: Place<AtFactor>,
  passkeyRoute: RouteName,
) => {
  const { store, limits, secondFactor, passkeys, knownBrowsers, revocations } = parts

  const page = async (ask: Ask, journey: At, refusal: FactorProblem | null): Promise<Answer> => ({
    kind: 'page',
    status: refusal ? (refusal.reason === 'journey-other-tab' ? 409 : 422) : 200,
    page: factorPage({
      ...{ ui: parts.ui(ask.language), place, passkeyRoute, ref: publicRef(journey), problem: refusal },
      factors: await secondFactor.of(journey.state.person),
    }),
  })

  /** One transaction takes the turn, uses the factor up and moves on: of two answers sent at once, one is judged. */
  const judged = async (ask: Ask, asked: At, given: Given): Promise<Answer> => {
    const { own } = await knownBrowsers.find(ask.cookie('known'), asked.state.person)
    const asker = own ? 'own' : 'stranger'
    const outcome = await store.transaction(async tx => {
      const { person, privileged, mark, shownAt } = asked.state
      await revocations.hold(tx, person)
      const journey = await place.takeTurn(tx, asked, { ...asked.state, wrong: asked.state.wrong + 1 })
      if (!journey) return null
      const verdict = await secondFactor.judge(tx, person, given, ask.language, asker)
      if (verdict.verdict !== 'right') return { refusal: problemOf(verdict) }
      const proof = { person, privileged, mark, shownAt, asksFactor: false, factor: verdict.by }
      return { leadsTo: await place.proved(tx, journey, proof) }
    })
    if (!outcome) return place.follow(ask, asked)
    return outcome.refusal ? page(ask, asked, outcome.refusal) : go(ask.href(outcome.leadsTo ?? place.page))
  }

  const guarded =
    (work: (ask: Ask, journey: At) => Promise<Answer>): Handler =>
    async ask => {
      const at = await place.guard(ask)
      return 'elsewhere' in at ? at.elsewhere : work(ask, at.journey)
    }

  const typed = async (ask: Ask, journey: At, code: string): Promise<Answer> => {
    if (journey.state.wrong >= limits.halfSignInTries) return page(ask, journey, { reason: 'factor-restart' })
    const who = { network: journey.network, journey: journey.id }
    const read = await secondFactor.read(journey.state.person, code, who)
    if (read.ok) return judged(ask, journey, read.given)
    if (read.reason === 'hashing-twice') return place.follow(ask, journey)
    if (read.reason === 'hashing-busy') return problem('busy', { retryAfter: 5 })
    return page(ask, journey, { reason: read.reason })
  }

  const begin = async (ask: Ask, journey: At): Promise<Answer> => {
    await passkeys.begin(holderOf(journey), 'prove')
    return go(ask.href(passkeyRoute))
  }

  const shown = async (ask: Ask, journey: At, answer: string): Promise<Answer> => {
    const read = await passkeys.read(holderOf(journey), answer)
    return read.ok
      ? judged(ask, journey, { by: 'passkey', shown: read.shown })
      : page(ask, journey, { reason: read.reason })
  }

  const code = {
    get: guarded((ask, journey) => page(ask, journey, null)),
    post: guarded(async (ask, journey) => {
      const fields = codeForm.safeParse(ask.body)
      if (!fields.success) return problem('bad-request')
      if (fields.data.demarche !== publicRef(journey))
        return page(ask, journey, { reason: 'journey-other-tab' })
      return typed(ask, journey, fields.data.code)
    }),
  }

  const passkey = {
    get: guarded(async (ask, journey) => {
      const options = await passkeys.toProve(holderOf(journey), journey.state.person)
      if (!options) return go(ask.href(place.page))
      const ui = parts.ui(ask.language)
      return {
        kind: 'page',
        page: passkeyPage({ ui, place, passkeyRoute, options, ref: publicRef(journey) }),
      } satisfies Answer
    }),
    post: guarded(async (ask, journey) => {
      const fields = passkeyForm.safeParse(ask.body)
      if (!fields.success) return problem('bad-request')
      const { cle, demarche } = fields.data
      if (demarche !== publicRef(journey)) return page(ask, journey, { reason: 'journey-other-tab' })
      return cle === undefined ? begin(ask, journey) : shown(ask, journey, cle)
    }),
  }

  return { code, passkey }
}
