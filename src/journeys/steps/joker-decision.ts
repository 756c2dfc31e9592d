import type { Claimant, Verdict } from '../../proofs/joker/tries.ts'
import type { PendingAnswer } from '../../proofs/proof.ts'
import type { RouteName } from '../../routes.ts'
import type { Tx } from '../../store/store.ts'
import type { Journey } from '../journey.ts'
import { journeyDetails } from './journey-details.ts'
import { judgeInTransaction } from './judge-in-transaction.ts'
import type { ProofStep } from './step-context.ts'
import type { ProofStepDeps, ProveState } from './steps.ts'

export type JokerDecisionDeps = Pick<ProofStepDeps, 'store' | 'clock' | 'audit' | 'notices' | 'findBarriers'>

/** The answer that was read, its keyed digest (`answerDigest`), to recognise the same answer later, and when it arrived. */
export type JokerAnswer = PendingAnswer<Verdict> & { readonly answerDigest: string; readonly at: number }

/** `leadsTo`: the page after a right answer. */
export type Decision = { readonly verdict: Verdict; readonly leadsTo: RouteName | null }

async function notifySuspension(
  { clock, notices, audit }: JokerDecisionDeps,
  tx: Tx,
  journey: Journey<ProveState>,
  until: number,
) {
  const { subject, language, device } = journey
  const facts = { at: clock.now(), event: `joker:${journey.id.slice(0, 12)}`, until, device }
  await notices.write(tx, { kind: 'joker-suspended', person: journey.state.person, facts, language })
  await audit.append(tx, {
    chain: subject,
    kind: 'joker.suspended',
    by: { kind: 'anonymous' },
    details: { until, ...journeyDetails(journey) },
  })
}

async function record(
  deps: JokerDecisionDeps,
  tx: Tx,
  journey: Journey<ProveState>,
  claimant: Claimant,
  verdict: Verdict,
) {
  await deps.audit.append(tx, {
    chain: journey.subject,
    kind: verdict.verdict === 'right' ? 'joker.right' : 'joker.wrong',
    by: { kind: 'anonymous' },
    details: { known: claimant.browser !== '', ...journeyDetails(journey) },
  })
  if (verdict.verdict === 'suspended' && verdict.justNow)
    await notifySuspension(deps, tx, journey, verdict.until)
}

async function advance(
  { audit }: JokerDecisionDeps,
  tx: Tx,
  proofStep: ProofStep<ProveState>,
  journey: Journey<ProveState>,
  { answerDigest, at, hasFactor }: JokerAnswer & { readonly hasFactor: boolean },
) {
  const { person, accountStatus, sealedLogin, populations = [] } = journey.state
  if (!person) return null
  const privileged = accountStatus === 'privileged'
  if (privileged)
    await audit.append(tx, {
      chain: person,
      kind: 'account.privileged-refused',
      by: { kind: 'anonymous' },
      details: journeyDetails(journey),
    })
  return proofStep.proved(tx, journey, {
    kind: 'joker',
    at,
    person,
    privileged,
    answerDigest,
    populations,
    hasFactor,
    sealedLogin,
  })
}

/**
 * One transaction judges the answer, counts it, notifies the person and moves the journey. A frozen or unknown person gets the
 * text and the rows of a wrong answer. While the question is suspended the page says so, and right and wrong answers have the same effects.
 */
export const createJokerDecision =
  (deps: JokerDecisionDeps, proofStep: ProofStep<ProveState>) =>
  /** `null`: another request of this journey claimed the submission, and its verdict is the one that counts; or the journey ended meanwhile. */
  (requested: Journey<ProveState>, claimant: Claimant, answer: JokerAnswer): Promise<Decision | null> =>
    judgeInTransaction(deps, async tx => {
      // For known and unknown subjects alike, whatever was answered. The subject of a right answer is the person.
      const { freeze, factorSince } = await deps.findBarriers(requested.subject, { db: tx })
      const hasFactor = factorSince !== null
      const open = freeze === null && requested.state.accountStatus !== 'closed'
      const journey = await proofStep.claimSubmission(tx, requested, requested.state)
      if (!journey) return null
      const verdict = await answer.judge(tx, open)
      await record(deps, tx, journey, claimant, verdict)
      if (verdict.verdict === 'right') {
        const leadsTo = await advance(deps, tx, proofStep, journey, { ...answer, hasFactor })
        return leadsTo && { verdict, leadsTo }
      }
      // Every refused answer is recorded by its digest, a right one too. Otherwise the rows of a suspended question would
      // reveal which answer is right (OWASP ASVS 6.3.8).
      const wrong = (journey.state.wrong ?? 0) + 1
      await proofStep.claimSubmission(tx, journey, { ...journey.state, refused: answer.answerDigest, wrong })
      return { verdict, leadsTo: null }
    })
