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
import type { InPlace, PutInPlace } from './put-in-place.ts'
import type { NotMeKind, NotMeTokens } from './tokens.ts'

/**
 * « Ce n'est pas moi ». After a completed change somebody else may hold the password: the account is frozen, what
 * waits is erased, and a password that nobody knows is written. After mere attempts only recovery closes for a week.
 */
export type NotMeDeps = {
  readonly store: Store
  readonly clock: Clock
  readonly limits: Limits
  readonly audit: Audit
  readonly notices: Notices
  readonly freezes: Freezes
  readonly revocations: Pick<Revocations, 'revokeAll' | 'hold'>
  readonly tokens: NotMeTokens
  readonly attempts: Attempts
  readonly deliveries: Pick<Deliveries, 'supersede'>
  readonly receipts: Pick<Receipts, 'end'>
  readonly source: Source
  readonly sessions: Sessions
  readonly pendingSignIns: Pick<PendingSignIns, 'endAll'>
  readonly knownBrowsers: Pick<KnownBrowsers, 'forgetAll'>
  readonly budget: Pick<BindBudget, 'forgive'>
  readonly putInPlace: PutInPlace
  readonly hasJoker: (person: PersonId, tx: Tx) => Promise<boolean>
  /** Whoever has no joker comes back by an activation code that the desk hands over. */
  readonly reopenActivation: (tx: Tx, person: PersonId) => Promise<unknown>
  /** Ends the journeys of this person, wherever they stand. */
  readonly endJourneys: (tx: Tx, person: PersonId) => Promise<unknown>
}

type Unfrozen = { readonly cleared: readonly InPlace[]; readonly was: Freeze['kind'] }

/** What the desk must decide about first. */
type Undecided = Refused<'undecided'> & { readonly recent: readonly InPlace[] }

/** 28 characters of the four classes: no policy refuses it for being weak, and nobody ever sees it. */
const unknownPassword = () => `Aa1!${randomBytes(18).toString('base64url').slice(0, 24)}`

export const createNotMe = (deps: NotMeDeps) => {
  const { store, clock, limits, audit, notices, freezes, revocations, tokens } = deps
  const { attempts, deliveries, receipts, source, sessions, pendingSignIns, putInPlace } = deps

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
    await tokens.burnAll(tx, person)
    // One of them may be the stranger's.
    await deps.knownBrowsers.forgetAll(tx, person)
    const facts = { at, event }
    await notices.write(tx, { kind: 'account-frozen', person, facts, language })
    await notices.write(tx, { kind: 'desk-frozen', person, facts, language: 'fr' })
    await audit.append(tx, { chain: person, kind: 'account.frozen', by, details: { reason, event } })
  }

  const close = async (tx: Tx, person: PersonId, language: Language, event: string) => {
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

  /** The order to write an unknown password is committed with the freeze; the writing itself may wait. */
  const prepareShut = (person: PersonId, language: Language, password: string) =>
    attempts.prepare(
      { kind: 'freeze', person, journey: null, facts: { language, historyHash: '', charterVersion: null } },
      password,
    )

  const shut = async (
    person: PersonId,
    language: Language,
    inSameTransaction: (tx: Tx) => Promise<boolean>,
  ) => {
    const password = unknownPassword()
    const { attempt, insert } = await prepareShut(person, language, password)
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
    look: tokens.find,

    /** The button. Consumes the token, or answers that it is dead. */
    press: async (token: string, language: Language): Promise<Result<{ kind: NotMeKind }, 'token-dead'>> => {
      const about = await tokens.find(token)
      if (!about) return refused('token-dead')
      const person = about.person as PersonId
      const { kind, event } = about
      const by: Actor = { kind: 'person', id: person }
      if (kind === 'close') {
        const closed = await store.transaction(async tx => {
          await revocations.hold(tx, person)
          if (!(await tokens.consume(tx, token))) return false
          await close(tx, person, language, event)
          return true
        })
        return closed ? ok({ kind }) : refused('token-dead')
      }
      const done = await shut(person, language, async tx => {
        await revocations.hold(tx, person)
        if (!(await tokens.consume(tx, token))) return false
        await freeze(tx, { person, by, reason: 'not-me', language, event })
        return true
      })
      return done ? ok({ kind }) : refused('token-dead')
    },

    /** The desk's own freeze, and its end: `sesame freeze | unfreeze LOGIN --by --reason`. */
    freezeByDesk: async (person: PersonId, by: string, reason: string) => {
      const done = await shut(person, 'fr', async tx => {
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
     * Lifts a freeze, or a closing. Whatever was put in place so recently that a stranger may have done it is kept or cleared
     * as the desk decides, and nothing is lifted before it has (`refused`); cleared, nobody comes back by it.
     */
    unfreezeByDesk: async (
      person: PersonId,
      { by: name, reason, decided }: { by: string; reason: string; decided: 'keep' | 'clear' | null },
    ): Promise<Result<Unfrozen, 'not-frozen' | 'password-stands'> | Undecided> => {
      const found = await freezes.find(person)
      if (!found) return refused('not-frozen')
      // Until the directory has the password that nobody knows, whoever knows the old one would sign in with it.
      if (found.kind === 'frozen' && !found.passwordWritten) return refused('password-stands')
      const recent = await putInPlace.recent(person, found.at)
      if (recent.length > 0 && !decided) return { ...refused('undecided'), recent }
      const by: Actor = { kind: 'operator', name }
      const cleared = decided === 'clear' ? recent : []
      const lifted = await store.transaction(async tx => {
        await revocations.revokeAll(tx, person)
        // Pressed in this very moment, « Ce n'est pas moi » freezes anew: that freeze is not the one that was decided about.
        const still = await freezes.find(person, tx)
        if (still?.kind === 'frozen' && !still.passwordWritten) return false
        await freezes.lift(tx, person)
        // A sign-in that was under way while the account was frozen may have left a session: it must not wake up.
        await sessions.endAll(tx, person, { by, why: 'desk' })
        await pendingSignIns.endAll(tx, person)
        await deps.budget.forgive(tx, person, clock.now())
        await putInPlace.clear(tx, person, by, cleared)
        if (!(await deps.hasJoker(person, tx))) await deps.reopenActivation(tx, person)
        const details = { reason, ...(recent.length > 0 && { recent: decided }) }
        await audit.append(tx, { chain: person, kind: 'account.unfrozen', by, details })
        return true
      })
      return lifted ? ok({ cleared, was: found.kind }) : refused('password-stands')
    },
  }
}

export type NotMeDesk = ReturnType<typeof createNotMe>
