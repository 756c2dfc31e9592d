import type { Audit } from '../../audit/audit.ts'
import { isWriteRefusal, type PersonId } from '../../directory/directory.ts'
import { attemptDetails } from '../../services/source/attempt.ts'
import type { Attempt, Attempts } from '../../services/source/attempts.ts'
import type { Outcome, Source } from '../../services/source/source.ts'
import type { Tx } from '../../store/store.ts'
import type { HandlerRequest } from '../../web/handler.ts'
import {
  type ChangeFields,
  type ChangeJudgeDeps,
  type ChangeRefusal,
  countRefusedWrite,
  type JudgedChange,
  judgeChange,
} from './judge-change.ts'
import type { Changer } from './old-password.ts'

export type PasswordChangerDeps = ChangeJudgeDeps & {
  readonly audit: Audit
  readonly attempts: Attempts
  readonly source: Source
  readonly charterVersion: string
}

type WrittenChange = {
  readonly kind: 'written'
  readonly person: PersonId
  readonly attempt: Attempt
  readonly outcome: Outcome
}

export type ChangeOutcome = WrittenChange | ChangeRefusal

const factsOf = ({ as }: Changer) => {
  if (as.session === null) return { receipt: as.receipt }
  return { session: as.session, ...(as.factor && { factor: as.factor }) }
}

/** Commits the attempt, then writes the password. */
async function writeChange(
  { audit, attempts, source, charterVersion }: PasswordChangerDeps,
  request: HandlerRequest,
  changer: Changer,
  { ancien, nouveau: password }: ChangeFields,
  { person, provedAt, historyHash, failedBind }: JudgedChange,
): Promise<WrittenChange> {
  const prepared = await attempts.prepare(
    {
      kind: 'change',
      person,
      journey: null,
      facts: {
        language: request.language,
        device: request.device,
        historyHash,
        charterVersion,
        provedAt,
        ...(failedBind && { failedBind }),
        ...factsOf(changer),
      },
    },
    password,
  )
  const { attempt } = prepared
  const record = async (tx: Tx) => {
    await audit.append(tx, {
      chain: person,
      kind: 'password.attempted',
      by: { kind: 'person', id: person },
      details: attemptDetails(attempt),
    })
    return true
  }
  const outcome = await source.commitAndWrite(prepared, password, { record, old: ancien })
  if (!outcome) throw new Error('the attempt was not committed')
  return { kind: 'written', person, attempt, outcome }
}

/**
 * Ancien mot de passe, Nouveau, Confirmation: the old one is checked as at sign-in, the new one by the rules of recovery,
 * and written through the same attempts.
 */
export async function changePassword(
  deps: PasswordChangerDeps,
  request: HandlerRequest,
  changer: Changer,
  fields: ChangeFields,
): Promise<ChangeOutcome> {
  const judged = await judgeChange(deps, request, changer, fields)
  if (judged.kind !== 'accepted') return judged
  const written = await writeChange(deps, request, changer, fields, judged)
  if (!written.outcome.ok && isWriteRefusal(written.outcome.reason))
    await countRefusedWrite(deps, request, changer, judged)
  return written
}
