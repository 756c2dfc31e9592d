import { h } from 'preact'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { journeyCookie } from '../../identity/journey-cookie.ts'
import { hrefIn } from '../../routes.ts'
import { type HandlerRequest, redirect } from '../../web/handler.ts'
import { badRequest } from '../../web/problems.ts'
import type { Journey } from '../journey.ts'
import { definition } from '../password/password.ts'
import { createFormStep, journeyField, type Submitted } from './form-step.ts'
import { publicRef } from './guard.ts'

type State = { readonly step: 'joker' }
type Problem = { readonly reason: string }

const journey: Journey<State> = {
  id: 'one',
  version: 3,
  subject: 's',
  state: { step: 'joker' },
  proved: new Map(),
  refusals: 0,
  network: 'n',
  language: 'fr',
  device: '',
  expiresAt: 0,
}

const requestOf = (body: unknown): HandlerRequest => ({
  language: 'fr',
  href: hrefIn('fr'),
  network: { id: 'n', campus: false },
  params: {},
  query: () => null,
  body,
  device: '',
  cookie: () => null,
  arrivedAt: 0,
  method: 'POST',
})

const elsewhere = redirect('/fr/elsewhere')
const outcome = redirect('/fr/outcome')

/** A step whose work has this result; `asked` lists what was asked of it, in order. */
const stepWith = (submitted: Submitted<State, Problem>, isHere = true) => {
  const asked: string[] = []
  const handlers = createFormStep<State, { word: string; demarche: string }, Problem>(
    {
      definition,
      page: 'joker',
      guard: async () => {
        asked.push('guard')
        return isHere ? { journey } : { redirected: elsewhere }
      },
      awaitConcurrent: async () => outcome,
      extend: async ({ id }) => asked.push(`extend ${id}`),
      claimSubmission: async () => null,
    },
    {
      schema: z.object({ word: z.string(), ...journeyField }),
      view: (_, { version }, problem) => h('p', {}, `${version}: ${problem?.reason ?? 'none'}`),
      submit: async (_request, _journey, { word }) => {
        asked.push(`submit ${word}`)
        return submitted
      },
    },
  )
  return { ...handlers, asked }
}

const own = { word: 'w', demarche: publicRef(journey) }
const moved = { kind: 'moved', to: 'newPassword' } as const
const pageOf = (text: string) => h('p', {}, text).props

describe('a form of a journey', () => {
  it('is shown without a problem', async () => {
    expect(await stepWith(moved).get(requestOf(null))).toMatchObject({ page: { props: pageOf('3: none') } })
  })

  it('is a bad request when it is malformed, before the journey is looked up', async () => {
    const step = stepWith(moved)
    expect(await step.post(requestOf({ demarche: own.demarche }))).toMatchObject({ problem: badRequest })
    expect(step.asked).toEqual([])
  })

  it('is not submitted at another step of the journey: the page of that step follows', async () => {
    const step = stepWith(moved, false)
    expect(await step.post(requestOf(own))).toBe(elsewhere)
    expect(await step.get(requestOf(null))).toBe(elsewhere)
    expect(step.asked).toEqual(['guard', 'guard'])
  })

  it.each(['', publicRef({ id: 'two' })])(
    'is not submitted when it belongs to another journey, of another tab: « %s »',
    async demarche => {
      const step = stepWith(moved)
      const page = pageOf('3: journey-other-tab')
      const shown = { kind: 'page', status: 409, page: { props: page } }
      expect(await step.post(requestOf({ word: 'w', demarche }))).toMatchObject(shown)
      expect(step.asked).toEqual(['guard'])
    },
  )

  it('goes on without being submitted, when it is of this journey', async () => {
    const step = stepWith(moved)
    const here = redirect(hrefIn('fr')('joker'))
    expect(await step.post(requestOf({ ...own, continuer: 'oui' }))).toEqual(here)
    expect(await step.post(requestOf({ demarche: 'another', continuer: 'oui' }))).toEqual(here)
    expect(step.asked).toEqual(['guard', 'extend one', 'guard'])
  })

  it('is shown again with the problem that refused it', async () => {
    const step = stepWith({ kind: 'refused', problem: { reason: 'wrong' } })
    const shown = { kind: 'page', status: 422, page: { props: pageOf('3: wrong') } }
    expect(await step.post(requestOf(own))).toMatchObject(shown)
    expect(step.asked).toEqual(['guard', 'submit w'])
    const later = { ...journey, version: 5 }
    const again = stepWith({ kind: 'refused', problem: { reason: 'wrong' }, journey: later })
    expect(await again.post(requestOf(own))).toMatchObject({ page: { props: pageOf('5: wrong') } })
  })

  it('leads to the page that follows, with its cookies', async () => {
    const cookies = [{ cookie: journeyCookie, value: 'v', maxAge: 1 }]
    const to = hrefIn('fr')('newPassword')
    expect(await stepWith({ ...moved, cookies }).post(requestOf(own))).toEqual(redirect(to, cookies))
  })

  it('leads to the outcome of another request that came first, or to a result of its own', async () => {
    expect(await stepWith({ kind: 'concurrent' }).post(requestOf(own))).toBe(outcome)
    expect(await stepWith(elsewhere).post(requestOf(own))).toBe(elsewhere)
  })
})
