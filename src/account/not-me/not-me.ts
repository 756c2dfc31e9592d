import { randomBytes } from 'node:crypto'
import type { Actor, Audit } from '../../audit/audit.ts'
import type { Clock } from '../../clock.ts'
import type { PersonId } from '../../directory/directory.ts'
import type { Limits } from '../../limits.ts'
import type { Notices } from '../../notify/notify.ts'
import type { BindBudget } from '../../password/bind-budget.ts'
import { ok, type Refused, type Result, refused } from '../../result.ts'
import type { Deliveries } from '../../services/deliveries/deliveries.ts'
import type { Receipts } from '../../services/receipt/receipt.ts'
import type { Attempts } from '../../services/source/attempts.ts'
import type { Revocations } from '../../services/source/revocations.ts'
import type { Source } from '../../services/source/source.ts'
import type { Store, Tx } from '../../store/store.ts'
import type { Language } from '../../texts/texts.ts'
import type { Freeze, Freezes } from '../freezes.ts'
import type { KnownBrowsers } from '../known-browsers.ts'
import type { Sessions } from '../sessions/sessions.ts'
import type { PendingSignIns } from '../sign-in/pending-sign-ins.ts'
import type { AccessMethod, AccessMethods } from './access-methods.ts'
import type { NotMeKind, NotMeTokens } from './tokens.ts'

/**
 * « Ce n'est pas moi ». After a completed change a stranger may know the password: the account is frozen, pending writes are
 * erased, and a random password that nobody knows is written. If there were only attempts, recovery alone is closed, for a
 * week.
 */
export type NotMeDeps = {
  readonly store: Store
  readonly clock: Clock
  readonly limits: Limits
  readonly audit: Audit
  readonly notices: Notices
  readonly freezes: Freezes
  readonly revocations: Pick<Revocations, 'revokeAll' | 'lockPersonRow'>
  readonly tokens: NotMeTokens
  readonly attempts: Attempts
  readonly deliveries: Pick<Deliveries, 'supersede'>
  readonly receipts: Pick<Receipts, 'end'>
  readonly source: Source
  readonly sessions: Sessions
  readonly pendingSignIns: Pick<PendingSignIns, 'endAll'>
  readonly knownBrowsers: Pick<KnownBrowsers, 'forgetAll'>
  readonly budget: Pick<BindBudget, 'forgive'>
  readonly accessMethods: AccessMethods
  readonly hasJoker: (person: PersonId, tx: Tx) => Promise<boolean>
  /** A person without a joker recovers the account by an activation code that the helpdesk hands over. */
  readonly reopenActivation: (tx: Tx, person: PersonId) => Promise<unknown>
  /** Ends all journeys of this person. */
  readonly endJourneys: (tx: Tx, person: PersonId) => Promise<unknown>
}

type Unfrozen = { readonly cleared: readonly AccessMethod[]; readonly was: Freeze['kind'] }

/** Not unfrozen yet: the helpdesk must first decide about these recent access methods. */
type Undecided = Refused<'undecided'> & { readonly recent: readonly AccessMethod[] }

/** 28 characters of all four classes, so that no policy refuses it as weak. It is never shown. */
const unknownPassword = () => `Aa1!${randomBytes(18).toString('base64url').slice(0, 24)}`

export const createNotMe = (deps: NotMeDeps) => {
  const { store, clock, limits, audit, notices, freezes, revocations, tokens } = deps
  const { attempts, deliveries, receipts, source, sessions, pendingSignIns, accessMethods } = deps

  const freeze = async (
    tx: Tx,
    order: { person: PersonId; by: Actor; reason: string; language: Language; event: string },
  ) => {
    const { person, by, reason, language, event } = order
    const at = clock.now()
    await revocations.revokeAll(tx, person)
    await freezes.put(tx, { person, kind: 'frozen', until: null, by: by.kind, reason })
    await deps.endJourneys(tx, person)
    await sessions.endAll(tx, person, { by, why: 'freeze' })
    await pendingSignIns.endAll(tx, person)
    await tokens.deleteAll(tx, person)
    // One of them may be the stranger's browser.
    await deps.knownBrowsers.forgetAll(tx, person)
    const facts = { at, event }
    await notices.write(tx, { kind: 'account-frozen', person, facts, language })
    await notices.write(tx, { kind: 'desk-frozen', person, facts, language: 'fr' })
    await audit.append(tx, { chain: person, kind: 'account.frozen', by, details: { reason, event } })
  }

  const closeRecovery = async (tx: Tx, person: PersonId, language: Language, event: string) => {
    const until = clock.now() + limits.recoveryClosed
    await deps.endJourneys(tx, person)
    await freezes.put(tx, { person, kind: 'recovery-closed', until, by: 'person', reason: 'not-me' })
    await notices.write(tx, {
      kind: 'recovery-closed',
      person,
      facts: { at: clock.now(), event, until },
      language,
    })
    await audit.append(tx, {
      chain: person,
      kind: 'account.recovery-closed',
      by: { kind: 'person', id: person },
      details: { until, event },
    })
  }

  /** The attempt to write an unknown password is committed with the freeze; the write itself may come later. */
  const prepareNewPassword = (person: PersonId, language: Language, password: string) =>
    attempts.prepare(
      { kind: 'freeze', person, journey: null, facts: { language, historyHash: '', charterVersion: null } },
      password,
    )

  const freezeWithNewPassword = async (
    person: PersonId,
    language: Language,
    inSameTransaction: (tx: Tx) => Promise<boolean>,
  ) => {
    const password = unknownPassword()
    const { attempt, insert } = await prepareNewPassword(person, language, password)
    const done = await store.transaction(async tx => {
      if (!(await inSameTransaction(tx))) return false
      await attempts.eraseOthers(tx, person, attempt.id)
      await deliveries.supersede(tx, person, Number.MAX_SAFE_INTEGER)
      await receipts.end(tx, person)
      await insert(tx)
      return true
    })
    return done ? { writing: source.writePassword(attempt, password).catch(() => null) } : null
  }

  return {
    find: tokens.find,

    /** Consumes the token and freezes the account or closes its recovery; refused when the token is used or expired. */
    confirm: async (
      token: string,
      language: Language,
    ): Promise<Result<{ kind: NotMeKind }, 'token-expired'>> => {
      const about = await tokens.find(token)
      if (!about) return refused('token-expired')
      const person = about.person as PersonId
      const { kind, event } = about
      const by: Actor = { kind: 'person', id: person }
      if (kind === 'close') {
        const closed = await store.transaction(async tx => {
          await revocations.lockPersonRow(tx, person)
          if (!(await tokens.consume(tx, token))) return false
          await closeRecovery(tx, person, language, event)
          return true
        })
        return closed ? ok({ kind }) : refused('token-expired')
      }
      const done = await freezeWithNewPassword(person, language, async tx => {
        await revocations.lockPersonRow(tx, person)
        if (!(await tokens.consume(tx, token))) return false
        await freeze(tx, { person, by, reason: 'not-me', language, event })
        return true
      })
      return done ? ok({ kind }) : refused('token-expired')
    },

    /** Freezes the account for the helpdesk: `sesame freeze LOGIN --by --reason`. Returns the outcome of the write. */
    freezeByDesk: async (person: PersonId, by: string, reason: string) => {
      const done = await freezeWithNewPassword(person, 'fr', async tx => {
        await freeze(tx, {
          person,
          by: { kind: 'operator', name: by },
          reason,
          language: 'fr',
          event: 'desk',
        })
        return true
      })
      return done?.writing ?? null
    },

    /**
     * Lifts a freeze or a closed recovery: `sesame unfreeze LOGIN --by --reason`. Recent access methods, which a stranger
     * may have set, are kept or cleared as the helpdesk decides; until it has decided, nothing is lifted (`undecided`).
     */
    unfreezeByDesk: async (
      person: PersonId,
      { by: name, reason, decided }: { by: string; reason: string; decided: 'keep' | 'clear' | null },
    ): Promise<Result<Unfrozen, 'not-frozen' | 'old-password-valid'> | Undecided> => {
      const found = await freezes.find(person)
      if (!found) return refused('not-frozen')
      // Until the directory has the new unknown password, a stranger who knows the old one could sign in with it.
      if (found.kind === 'frozen' && !found.passwordWritten) return refused('old-password-valid')
      const recent = await accessMethods.recent(person, found.at)
      if (recent.length > 0 && !decided) return { ...refused('undecided'), recent }
      const by: Actor = { kind: 'operator', name }
      const cleared = decided === 'clear' ? recent : []
      const lifted = await store.transaction(async tx => {
        await revocations.revokeAll(tx, person)
        // « Ce n'est pas moi » may have frozen the account again meanwhile: the decision was not about that freeze.
        const current = await freezes.find(person, tx)
        if (current?.kind === 'frozen' && !current.passwordWritten) return false
        await freezes.lift(tx, person)
        // A sign-in that was under way at the freeze may have inserted a session, which must not become valid again.
        await sessions.endAll(tx, person, { by, why: 'desk' })
        await pendingSignIns.endAll(tx, person)
        await deps.budget.forgive(tx, person, clock.now())
        await accessMethods.clear(tx, person, by, cleared)
        if (!(await deps.hasJoker(person, tx))) await deps.reopenActivation(tx, person)
        const details = { reason, ...(recent.length > 0 && { recent: decided }) }
        await audit.append(tx, { chain: person, kind: 'account.unfrozen', by, details })
        return true
      })
      return lifted ? ok({ cleared, was: found.kind }) : refused('old-password-valid')
    },
  }
}

export type NotMeService = ReturnType<typeof createNotMe>
