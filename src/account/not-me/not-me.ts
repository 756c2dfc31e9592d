import type { PersonId } from '../../directory/directory.ts'
import type { Freezing } from '../../identity/freezing.ts'
import type { NotMeKind, NotMeTokens } from '../../identity/not-me-tokens.ts'
import { ok, type Result, refused } from '../../result.ts'
import type { Revocations } from '../../services/source/revocations.ts'
import type { Store, Tx } from '../../store/store.ts'
import type { Language } from '../../texts/texts.ts'

export type NotMeDeps = {
  readonly store: Store
  readonly revocations: Pick<Revocations, 'lockPersonRow'>
  readonly tokens: Pick<NotMeTokens, 'find' | 'consume'>
  readonly freezing: Pick<Freezing, 'freeze' | 'closeRecovery'>
}

/** The language of the request that pressed the button, and its device. */
type AskedBy = { readonly language: Language; readonly device: string }

/** Of two requests with one token, a single one consumes it. */
async function consume({ revocations, tokens }: NotMeDeps, tx: Tx, person: PersonId, token: string) {
  await revocations.lockPersonRow(tx, person)
  return (await tokens.consume(tx, token)) !== null
}

async function confirm(
  deps: NotMeDeps,
  token: string,
  { language, device }: AskedBy,
): Promise<Result<{ kind: NotMeKind }, 'token-expired'>> {
  const { store, tokens, freezing } = deps
  const about = await tokens.find(token)
  if (!about) return refused('token-expired')
  const person = about.person as PersonId
  const { kind, event } = about
  const order = { person, language, event, device }
  const isDone =
    kind === 'close'
      ? await store.transaction(async tx => {
          if (!(await consume(deps, tx, person, token))) return false
          await freezing.closeRecovery(tx, order)
          return true
        })
      : await freezing.freeze({ ...order, by: { kind: 'person', id: person }, reason: 'not-me' }, tx =>
          consume(deps, tx, person, token),
        )
  return isDone ? ok({ kind }) : refused('token-expired')
}

/**
 * « Ce n'est pas moi ». After a completed change a stranger may know the password: the account is frozen. If there were
 * only attempts, recovery alone is closed, for a week.
 */
export const createNotMe = (deps: NotMeDeps) => ({
  find: deps.tokens.find,
  /** Consumes the token and freezes the account or closes its recovery; refused when the token is used or expired. */
  confirm: (token: string, by: AskedBy) => confirm(deps, token, by),
})

export type NotMeService = ReturnType<typeof createNotMe>
