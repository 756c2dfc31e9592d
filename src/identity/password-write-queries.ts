import type { AliasableExpression, Expression } from 'kysely'
import type { Clock } from '../clock.ts'
import type { PersonId } from '../directory/directory.ts'
import type { BindBudget } from '../password/bind-budget.ts'
import { oldestKept } from '../password/history.ts'
import { secondFactors } from '../proofs/proof-registry.ts'
import { unfinishedOf } from '../services/deliveries/deliveries.ts'
import type { Attempt } from '../services/source/attempts.ts'
import { proofsRevokedAt, signInsRevokedAt } from '../services/source/revocations.ts'
import type { OpenItems, WriteBarriers } from '../services/source/write-hooks.ts'
import { haveRows } from '../store/have-rows.ts'
import type { Store, Tx } from '../store/store.ts'
import { freezeKindOf } from './freezes.ts'
import { browsersOf } from './known-browsers.ts'
import { announcedSignIns } from './pending-sign-ins.ts'
import { sessionsOf } from './sessions.ts'

type Deps = {
  readonly store: Store
  readonly clock: Clock
  readonly budget: Pick<BindBudget, 'failuresOf'>
  /** How many hashes of past passwords are kept. */
  readonly historyKept: number
  /** The journeys of a person, except the given one, that an accepted password ends. */
  readonly endableJourneys: (
    db: Store['read'],
    person: PersonId,
    except: string | null,
  ) => Expression<unknown>
  /** What was proved in a journey, as its row has it. */
  readonly provedIn: (db: Store['read'], journey: string) => AliasableExpression<string | null>
}

async function findBarriers(
  { clock, provedIn }: Pick<Deps, 'clock' | 'provedIn'>,
  holder: string,
  { db, journey }: { readonly db: Store['read']; readonly journey: string },
): Promise<WriteBarriers> {
  const { revoked, signInsRevoked, freeze, proved, ...factors } = await db
    .selectNoFrom([
      proofsRevokedAt(db, holder).as('revoked'),
      signInsRevokedAt(db, holder).as('signInsRevoked'),
      freezeKindOf(db, clock, holder).as('freeze'),
      provedIn(db, journey).as('proved'),
      ...secondFactors.flatMap(({ kind, factor }) =>
        factor.asked ? [factor.since(holder, db).as(kind)] : [],
      ),
    ])
    .executeTakeFirstOrThrow()
  const since = Object.values(factors).filter(at => typeof at === 'number')
  return {
    proofsRevokedAt: revoked ?? 0,
    signInsRevokedAt: signInsRevoked ?? 0,
    factorSince: since.length > 0 ? Math.min(...since) : null,
    freeze: freeze === null || freeze === 'frozen' ? freeze : 'recovery-closed',
    proved: new Set(Object.keys(JSON.parse(proved ?? '{}'))),
  }
}

const findOpenItems = (
  { budget, endableJourneys, historyKept }: Deps,
  tx: Tx,
  { person, journey }: Attempt,
): Promise<OpenItems> =>
  haveRows(tx, {
    deliveries: unfinishedOf(tx, person),
    oldPasswords: oldestKept(tx, person, historyKept),
    failures: budget.failuresOf(tx, person),
    sessions: sessionsOf(tx, person),
    announcedSignIns: announcedSignIns(tx, person),
    browsers: browsersOf(tx, person),
    journeys: endableJourneys(tx, person, journey),
  })

/**
 * What a write of a password reads of several tables at once: what forbids it, and what its acceptance ends. Most people have
 * nothing to end, so one statement replaces one for each table.
 */
export const createPasswordWriteQueries = (deps: Deps) => ({
  /** Called for unknown subjects too, so that known and unknown ones cost the same. */
  findBarriers: (
    holder: string,
    {
      db = deps.store.read,
      journey = null,
    }: { readonly db?: Store['read']; readonly journey?: string | null },
  ) => findBarriers(deps, holder, { db, journey: journey ?? '' }),
  findOpenItems: (tx: Tx, attempt: Attempt) => findOpenItems(deps, tx, attempt),
})
