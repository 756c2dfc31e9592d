import { newId } from '../../crypto/crypto.ts'
import type { NoticeKind } from '../../notify/notify.ts'
import type { PendingAnswer } from '../../proofs/proof.ts'
import type { RouteName } from '../../routes.ts'
import type { Tx } from '../../store/store.ts'
import type { Journey } from '../journey.ts'
import { journeyDetails } from './journey-details.ts'
import { judgeInTransaction } from './judge-in-transaction.ts'
import type { CodeKind, JudgedCode } from './read-code.ts'
import type { ProofStep } from './step-context.ts'
import type { ProofStepDeps, ProveState } from './steps.ts'

export type CodeDecisionDeps = Pick<ProofStepDeps, 'store' | 'clock' | 'audit' | 'notices' | 'findBarriers'>

type AtProof = Journey<ProveState>
/** The code or the signature that was read, and when it arrived. */
type CodeAnswer = PendingAnswer<JudgedCode> & {
  readonly kind: CodeKind | 'passkey'
  readonly at: number
}
type Decision = { readonly verdict: 'right' | 'wrong'; readonly leadsTo: RouteName | null }

/** Told to the owner at each use: a sheet can be copied without its owner noticing. A sent code was told when it was sent. */
const usedNotices: { readonly [kind in CodeAnswer['kind']]?: NoticeKind } = {
  'recovery-code': 'recovery-code-used',
}

async function advance(
  { clock, audit, notices }: CodeDecisionDeps,
  tx: Tx,
  proofStep: ProofStep<ProveState>,
  journey: AtProof,
  { kind, at, hasFactor }: Pick<CodeAnswer, 'kind' | 'at'> & { readonly hasFactor: boolean },
) {
  const { person, accountStatus, populations = [], answerDigest = '', sealedLogin } = journey.state
  if (!person) return null
  const { device, language } = journey
  const facts = { at: clock.now(), event: `factor:${newId()}`, device }
  const notice = usedNotices[kind]
  if (notice) await notices.write(tx, { kind: notice, person, facts, language })
  const privileged = accountStatus === 'privileged'
  if (privileged)
    await audit.append(tx, {
      chain: person,
      kind: 'account.privileged-refused',
      by: { kind: 'anonymous' },
      details: journeyDetails(journey),
    })
  const prover = { person, privileged, answerDigest, populations, sealedLogin }
  return proofStep.proved(tx, journey, { kind, at, hasFactor, ...prover })
}

/**
 * One transaction claims the form, judges its code and moves the journey. Who is unknown, frozen or closed gets the text and the rows of
 * a wrong code; every wrong code of the journey counts, whatever was chosen in between.
 */
export const createCodeDecision =
  (deps: CodeDecisionDeps, proofStep: ProofStep<ProveState>) =>
  /** `null`: another request of this journey claimed the submission, or the journey ended meanwhile. */
  (requested: AtProof, answer: CodeAnswer): Promise<Decision | null> =>
    judgeInTransaction(deps, async tx => {
      const { subject, state } = requested
      const { freeze, factorSince } = await deps.findBarriers(subject, { db: tx })
      // Defence in depth: an unknown person has no code, and none would be accepted.
      const open = freeze === null && state.accountStatus !== 'closed' && state.person !== null
      const counted = { ...state, wrongCodes: (state.wrongCodes ?? 0) + 1 }
      const journey = await proofStep.claimSubmission(tx, requested, counted)
      if (!journey) return null
      const { verdict, at = answer.at } = await answer.judge(tx, open)
      await deps.audit.append(tx, {
        chain: subject,
        kind: `proof.${verdict}`,
        by: { kind: 'anonymous' },
        details: { by: answer.kind, ...journeyDetails(journey) },
      })
      if (verdict !== 'right') return { verdict, leadsTo: null }
      const given = { kind: answer.kind, at, hasFactor: factorSince !== null }
      // A right code is not counted: the next state keeps the count from before.
      const leadsTo = await advance(deps, tx, proofStep, { ...journey, state }, given)
      return leadsTo && { verdict, leadsTo }
    })
