import { z } from 'zod'
import type { HashRefusal } from '../../hashing/hashing.ts'
import type { NewPasswordProblem } from '../../password/new-password.fields.tsx'
import { formProblems, newPasswordForm } from '../../password/new-password.form.ts'
import { receiptHandle, receiptId } from '../../services/receipt/receipt.ts'
import type { Attempt } from '../../services/source/attempts.ts'
import type { Outcome } from '../../services/source/source.ts'
import { isReason } from '../../texts/texts.ts'
import { type Answer, type Ask, go, type Handler, problem, type SetCookie } from '../../web/ask.ts'
import { optionalField } from '../../web/form.ts'
import { followOther, guard, publicRef } from '../steps/guard.ts'
import { judgeCandidate } from './candidate.ts'
import { newPasswordPage } from './new-password.page.tsx'
import type { At, Parts } from './parts.ts'
import { pages } from './password.ts'

const form = z.object({ ...newPasswordForm, demarche: optionalField(40) })
type Fields = z.infer<typeof form>

/** Outcomes that send the person elsewhere than back to the form. */
const elsewhere = new Set<string>(['account-closed', 'account-privileged', 'journey-superseded'])

/**
 * Step 3, 75 %. The rules first (they cost nothing), then one hash for the history, then, alone and last, the write.
 * Of two submissions one claims the step; the other finds the page of its outcome.
 */
export const newPassword = (parts: Parts) => {
  const { store, limits, audit, rules, journeys, attempts, source, knownBrowsers } = parts
  const judge = judgeCandidate(parts)

  const page = (
    ask: Ask,
    journey: At<'new-password'>,
    problems: readonly NewPasswordProblem[],
    more: { fields?: Fields; status?: number } = {},
  ): Answer => ({
    kind: 'page',
    status: more.status ?? 200,
    page: newPasswordPage({
      ui: parts.ui(ask.language),
      ref: publicRef(journey),
      policy: rules.policy,
      typed: more.fields?.nouveau ?? '',
      problems,
      charterAccepted: more.fields?.charte ?? false,
      expiresAt: journey.expiresAt,
    }),
  })

  /** Counts a refused password; the twentieth ends the journey: rules must not become an oracle. */
  const refuse = async (
    ask: Ask,
    journey: At<'new-password'>,
    problems: readonly NewPasswordProblem[],
    fields: Fields,
  ): Promise<Answer> => {
    const exhausted = await store.transaction(async tx => {
      const spent = await journeys.spendRefusal(tx, journey)
      if (spent < limits.refusalsPerJourney) return false
      await audit.append(tx, {
        chain: journey.subject,
        kind: 'journey.ended',
        by: { kind: 'person', id: journey.state.person },
        details: { why: 'too-many-refusals' },
      })
      return journeys.advance(tx, journey, 'exhausted', { step: 'over', why: 'too-many-refusals' })
    })
    return exhausted ? go(ask.href('journeyOver')) : page(ask, journey, problems, { fields, status: 422 })
  }

  const claim = async (
    journey: At<'new-password'>,
    password: string,
    historyHash: string,
    receipt: string,
  ): Promise<Attempt | null> => {
    const { person } = journey.state
    const { language } = journey
    const facts = { language, historyHash, charterVersion: parts.charterVersion, receipt: receiptId(receipt) }
    const { attempt, insert } = await attempts.prepare(
      { kind: 'reset', person, journey: journey.id, facts },
      password,
    )
    const claimed = await store.transaction(async tx => {
      if (
        !(await journeys.advance(tx, journey, 'submitted', {
          step: 'writing',
          person,
          answer: journey.state.answer,
          attempt: attempt.id,
        }))
      )
        return false
      await insert(tx)
      await audit.append(tx, {
        chain: person,
        kind: 'password.attempted',
        by: { kind: 'person', id: person },
        details: { attempt: attempt.id },
      })
      return true
    })
    return claimed ? attempt : null
  }

  const knownCookie = (person: string): Promise<SetCookie> =>
    store.transaction(tx => knownBrowsers.remember(tx, person))

  const answerTo = async (
    ask: Ask,
    journey: At<'new-password'>,
    fields: Fields,
    outcome: Outcome,
  ): Promise<Answer> => {
    if (outcome.ok) return go(ask.href('done'), [await knownCookie(journey.state.person)])
    const { reason } = outcome
    if (reason === 'outcome-unknown') return go(ask.href('writing'))
    if (reason === 'directory-unavailable') return problem('directory-unavailable')
    if (elsewhere.has(reason)) return go(ask.href('journeyOver'))
    const again = await guard(parts, ask, 'new-password')
    return 'elsewhere' in again
      ? again.elsewhere
      : refuse(ask, again.journey, [{ field: 'nouveau', reason }], fields)
  }

  const get: Handler = async ask => {
    const at = await guard(parts, ask, 'new-password')
    if ('elsewhere' in at) return at.elsewhere
    const { problem: told } = at.journey.state
    return page(ask, at.journey, told && isReason(told) ? [{ field: 'nouveau', reason: told }] : [])
  }

  const unjudged = (ask: Ask, journey: At<'new-password'>, reason: HashRefusal | 'directory-unavailable') => {
    if (reason === 'hashing-twice') return followOther(parts, ask, journey)
    return reason === 'hashing-busy' ? problem('busy', { retryAfter: 5 }) : problem(reason)
  }

  const submit = async (ask: Ask, journey: At<'new-password'>, fields: Fields): Promise<Answer> => {
    const cheap = formProblems(fields, rules.quick(fields.nouveau))
    if (cheap.length > 0) return refuse(ask, journey, cheap, fields)
    const judged = await judge(ask.cookie('journey') ?? '', journey, fields.nouveau)
    if (!judged.ok)
      return 'weak' in judged
        ? refuse(ask, journey, formProblems(fields, judged.weak), fields)
        : unjudged(ask, journey, judged.reason)
    const receipt = receiptHandle(ask.cookie('journey') ?? '')
    const attempt = await claim(journey, fields.nouveau, judged.historyHash, receipt)
    if (!attempt) return go(ask.href(pages.writing))
    return answerTo(ask, journey, fields, await source.carryOut(attempt, fields.nouveau))
  }

  const post: Handler = async ask => {
    const fields = form.safeParse(ask.body)
    if (!fields.success) return problem('bad-request')
    const at = await guard(parts, ask, 'new-password')
    if ('elsewhere' in at) return at.elsewhere
    if (fields.data.demarche !== publicRef(at.journey))
      return page(ask, at.journey, [{ field: null, reason: 'journey-other-tab' }], { status: 409 })
    return submit(ask, at.journey, fields.data)
  }

  return { get, post }
}
