import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createAudit } from '../../src/audit/chain.ts'
import { days } from '../../src/clock.ts'
import { type Keys, type KeyUse, keysFrom } from '../../src/crypto/keys.ts'
import type { PersonId } from '../../src/directory/directory.ts'
import { defaultLimits } from '../../src/limits/limits.ts'
import { createRateLimiter } from '../../src/limits/rate-limiter.ts'
import { createNotify } from '../../src/notify/notify-group.ts'
import { frenchCallingCodes } from '../../src/notify/sms.ts'
import { relyingPartyOf } from '../../src/proofs/passkey/relying-party.ts'
import type { Judgement, KeptProof, Proof } from '../../src/proofs/proof.ts'
import { type ProofName, proofs } from '../../src/proofs/proof-registry.ts'
import { createProofs } from '../../src/proofs/proofs.ts'
import { erasePerson, forgetByAge } from '../../src/retention.ts'
import { signInsRevokedAt } from '../../src/services/source/revocations.ts'
import type { Store, Tx } from '../../src/store/store.ts'
import { sayIn } from '../../src/texts/texts.ts'
import { quickHashing } from './quick-hashing.ts'
import { newStore, type StoreFlavour, storeFlavours } from './stores.ts'

export const site = { origin: 'https://sesame.univ.example', host: 'sesame.univ.example' }

/** A clock that stands still until it is moved. */
const stillClock = () => {
  let now = Date.UTC(2026, 8, 1, 8)
  const forward = (by: number) => {
    now += by
  }
  return { now: () => now, sleep: async () => {}, forward }
}

/** Every proof on a new store, with a clock that stands still and a record of the keys that were used. */
export const openWorld = async (flavour: StoreFlavour, prepare?: ProofCase['prepare']): Promise<World> => {
  const { store, forget } = await newStore(flavour)
  if (prepare) await store.transaction(prepare)
  const clock = stillClock()
  const root = keysFrom(Buffer.alloc(32, 5))
  const used = new Set<KeyUse>()
  const record = (use: KeyUse) => {
    used.add(use)
    return use
  }
  const keys: Keys = {
    ...root,
    of: use => root.of(record(use)),
    all: use => root.all(record(use)),
    live: use => root.live(record(use)),
    by: (id, use) => root.by(id, record(use)),
  }
  const all = createProofs({
    store,
    clock,
    limits: defaultLimits,
    keys,
    hashing: quickHashing(),
    audit: createAudit(() => root.of('audit'), clock),
    rateLimiter: createRateLimiter(store, clock),
    notify: createNotify({ keys: root, clock }),
    sayIn,
    has: { password: async () => false, contact: async () => false },
    findReach: async () => ({ contacts: 0, revokedAt: 0 }),
    revokeProofs: async () => {},
    allRevokedAt: (holder, db) => signInsRevokedAt(db, holder).$asScalar(),
    relyingParty: relyingPartyOf(new URL(site.origin), 'Sésame'),
    messages: { configured: true, countries: frenchCallingCodes, timeZone: 'Europe/Paris' },
  })
  const transaction = <T>(work: (tx: Tx) => Promise<T>) => store.transaction(work)
  return { all, store, clock, keys: root, used, transaction, forget }
}

export type World = {
  readonly all: ReturnType<typeof createProofs>
  readonly store: Store
  readonly clock: ReturnType<typeof stillClock>
  readonly keys: Keys
  /** The keys that the proofs used. */
  readonly used: ReadonlySet<KeyUse>
  readonly transaction: <T>(work: (tx: Tx) => Promise<T>) => Promise<T>
  readonly forget: () => Promise<void>
}

type Read =
  | { readonly ok: true; readonly answer: { judge(tx: Tx, open: boolean): Promise<Judgement> } }
  | { readonly ok: false; readonly reason: string }

/** How the contract uses one proof. `known`: false for somebody whom the directory does not have. */
export type ProofCase = {
  readonly name: ProofName
  /** Creates tables that the migrations lack. */
  readonly prepare?: (tx: Tx) => Promise<unknown>
  /** Puts the proof in place for this person and returns answers, each of which is made anew for one reading. */
  readonly begin: (
    world: World,
    person: PersonId,
  ) => Promise<{ readonly right: () => Promise<string>; readonly wrong: () => Promise<string> }>
  readonly verify: (world: World, person: PersonId, typed: string, known: boolean) => Promise<Read>
  /** Replaces the one in place by another, in this transaction; absent: it is begun again, or removed. */
  readonly replace?: (world: World, tx: Tx, person: PersonId) => Promise<unknown>
  /** What `describe` asks about: the person unless it says otherwise. */
  readonly holder?: (person: PersonId) => string
}

const camille = 'camille' as PersonId
const yanis = 'yanis' as PersonId

const tablesOf = async ({ store }: World) =>
  (await store.read.introspection.getTables())
    .map(({ name }) => name)
    .filter(name => name !== 'schema_migrations' && name !== 'installation')

/** Every row of every table. */
const dump = async (world: World) => {
  const all: Record<string, Record<string, unknown>[]> = {}
  for (const table of await tablesOf(world)) {
    const { rows } = await sql<Record<string, unknown>>`select * from ${sql.table(table)}`.execute(
      world.store.read,
    )
    all[table] = rows
  }
  return all
}

/** What a refusal leaves, without what is drawn by chance: the figures of each row, and the words for states and kinds. */
const shapeOf = async (world: World) =>
  Object.fromEntries(
    Object.entries(await dump(world)).map(([table, rows]) => [
      table,
      rows
        .map(row =>
          JSON.stringify(
            Object.entries(row).filter(
              ([name, value]) => value === null || typeof value === 'number' || /^(kind|state)$/.test(name),
            ),
          ),
        )
        .sort(),
    ]),
  )

type Work = (tx: Tx) => Promise<unknown>

/** Runs one transaction that stays open for a while once its work is done, and another meanwhile; in the order of their ends. */
const overlapping = async ({ transaction }: World, first: Work, second: Work) => {
  const ended: { readonly startedBy: Work; readonly result: unknown }[] = []
  const { promise: worked, resolve: hasWorked } = Promise.withResolvers<void>()
  const open = transaction(async tx => {
    const result = await first(tx)
    hasWorked()
    await new Promise(resolve => setTimeout(resolve, 300))
    ended.push({ startedBy: first, result })
  })
  await worked
  const other = transaction(async tx => {
    const result = await second(tx)
    ended.push({ startedBy: second, result })
  })
  await Promise.all([open, other])
  return ended
}

const sharedTables = ['counters', 'mails', 'notices', 'audit_events', 'audit_details', 'audit_heads']

const descriptorOf = (name: ProofName) => {
  const found = proofs.find(one => one.name === name)
  if (!found) throw new Error(name)
  return found
}

const isKept = (proof: Proof): proof is KeptProof => 'clear' in proof

/** A promise that does not concern this proof is no test of it, rather than a test that is skipped. */
const itWhere = (concerned: boolean) => (title: string, test: () => Promise<void>) => {
  if (concerned) it(title, test)
}

/** Holds one proof to the promises of its port (`proof.ts`). */
export const proofContract = (one: ProofCase) =>
  describe.each(storeFlavours.filter(({ available }) => available))(
    `${one.name} fulfils the contract of a proof on $flavour`,
    ({ flavour }) => {
      let world: World
      const descriptor = descriptorOf(one.name)
      beforeEach(async () => {
        world = await openWorld(flavour, one.prepare)
      })
      afterEach(() => world.forget())

      const proof = (): Proof => world.all[one.name]
      const inPlace = (person: PersonId) => proof().describe((one.holder?.(person) ?? person) as never)
      const verdict = async (
        typed: string,
        { person = camille, open = true, known = true, on = world } = {},
      ) => {
        const read = await one.verify(on, person, typed, known)
        if (!read.ok) return read.reason
        return (await on.transaction(tx => read.answer.judge(tx, open))).verdict
      }

      it('accepts no answer before it was begun, nor the answer of somebody else', async () => {
        const { right } = await one.begin(world, yanis)
        expect(await inPlace(camille)).toEqual([])
        expect(await verdict(await right())).not.toBe('right')
        expect(await inPlace(yanis)).toHaveLength(1)
        expect(await verdict(await right(), { person: yanis })).toBe('right')
      })

      it('changes nothing when an answer is read, but that a challenge is taken', async () => {
        const { right } = await one.begin(world, camille)
        const typed = await right()
        const before = await dump(world)
        await one.verify(world, camille, typed, true)
        const later = await dump(world)
        const changed = Object.keys(later).filter(
          table => JSON.stringify(later[table]) !== JSON.stringify(before[table]),
        )
        expect(changed.filter(table => table !== 'passkey_challenges')).toEqual([])
      })

      it('accepts a right answer and refuses a wrong one', async () => {
        const { right, wrong } = await one.begin(world, camille)
        expect(await verdict(await wrong())).not.toBe('right')
        expect(await verdict(await right())).toBe('right')
      })

      it(`uses up a right answer ${descriptor.spent}, also when it is judged several times at once`, async () => {
        const { right } = await one.begin(world, camille)
        const typed = await right()
        const read = await one.verify(world, camille, typed, true)
        if (!read.ok) throw new Error(read.reason)
        const judged = await Promise.all(
          Array.from({ length: 5 }, () => world.transaction(tx => read.answer.judge(tx, true))),
        )
        const accepted = judged.filter(({ verdict: how }) => how === 'right').length
        expect(accepted).toBe(descriptor.spent === 'at-once' ? 1 : 5)
        const again = await verdict(typed)
        if (descriptor.spent === 'at-once') expect(again).not.toBe('right')
        else expect(again).toBe('right')
      })

      it('refuses an answer that was read before its proof was replaced or removed', async () => {
        const kept = proof()
        const { replace } = one
        const withdrawals: readonly (() => Promise<unknown>)[] = [
          // A person may have several passkeys: another does not replace one.
          ...(isKept(kept)
            ? [
                () => world.transaction(tx => kept.clear(tx, camille)),
                async () => {
                  await world.transaction(tx => kept.clear(tx, camille))
                  await one.begin(world, camille)
                },
              ]
            : [() => one.begin(world, camille)]),
          ...(replace ? [() => world.transaction(tx => replace(world, tx, camille))] : []),
        ]
        for (const withdraw of withdrawals) {
          const { right } = await one.begin(world, camille)
          const read = await one.verify(world, camille, await right(), true)
          if (!read.ok) throw new Error(read.reason)
          await withdraw()
          const judged = await world.transaction(tx => read.answer.judge(tx, true))
          expect(judged.verdict, String(withdraw)).not.toBe('right')
        }
      })

      // Otherwise an answer that is judged at the same moment could be accepted after the proof that it was read against.
      itWhere(descriptor.use !== 'contact')(
        'refuses it too while the replacement is not committed, and keeps the proof until a right answer is',
        async () => {
          const kept = proof()
          const withdraw = async (tx: Tx) =>
            one.replace?.(world, tx, camille) ?? (isKept(kept) && kept.clear(tx, camille))
          const readAnew = async () => {
            const { right } = await one.begin(world, camille)
            const read = await one.verify(world, camille, await right(), true)
            if (!read.ok) throw new Error(read.reason)
            return async (tx: Tx) => (await read.answer.judge(tx, true)).verdict
          }
          const late = await readAnew()
          const [, refused] = await overlapping(world, withdraw, late)
          expect(refused?.result).not.toBe('right')
          const [first, second] = await overlapping(world, await readAnew(), withdraw)
          expect(first?.result).toBe('right')
          expect(second?.startedBy).toBe(withdraw)
        },
      )

      // The holder of a sent code has proved who they are before: nobody is hidden from them.
      itWhere(descriptor.use !== 'contact')(
        'leaves the same rows for a right and a wrong answer of somebody who is frozen or closed',
        async () => {
          const rowsAfter = async (which: 'right' | 'wrong') => {
            const own = await openWorld(flavour, one.prepare)
            const answers = await one.begin(own, camille)
            const how = await verdict(await answers[which](), { open: false, on: own })
            const left = await shapeOf(own)
            await own.forget()
            return { how: how === 'right', left }
          }
          expect(await rowsAfter('right')).toEqual(await rowsAfter('wrong'))
        },
      )

      itWhere(descriptor.use === 'recovery' || descriptor.use === 'activation')(
        'leaves the same rows for an unknown person as for a wrong answer',
        async () => {
          const { right, wrong } = await one.begin(world, camille)
          const before = await shapeOf(world)
          expect(await verdict(await right(), { person: yanis, known: false, open: false })).not.toBe('right')
          const unknown = await shapeOf(world)
          const own = await openWorld(flavour, one.prepare)
          await one.begin(own, camille)
          expect(await shapeOf(own)).toEqual(before)
          expect(await verdict(await wrong(), { on: own })).not.toBe('right')
          expect(await shapeOf(own)).toEqual(unknown)
          await own.forget()
        },
      )

      it('keeps no answer in clear, writes its own tables and uses its own keys', async () => {
        const empty = await dump(world)
        const { right, wrong } = await one.begin(world, camille)
        const typed = [await wrong(), await right()]
        await verdict(typed[0] ?? '', { known: false, person: yanis })
        await verdict(await wrong())
        const last = await right()
        await verdict(last)
        const rows = await dump(world)
        // An instant may hold the six digits of an answer by chance.
        const stored = JSON.stringify(rows, (_, value) =>
          typeof value === 'number' && value > 1e9 ? 'instant' : value,
        )
        for (const answer of [...typed, last]) expect(stored).not.toContain(answer.replace(/[\s-]/g, ''))
        for (const answer of [...typed, last]) expect(stored).not.toContain(answer)
        const changed = Object.keys(rows).filter(
          table => JSON.stringify(rows[table]) !== JSON.stringify(empty[table]),
        )
        const own = Object.keys(descriptor.retention)
        expect(changed.filter(table => !own.includes(table) && !sharedTables.includes(table))).toEqual([])
        expect([...world.used].sort()).toEqual([...descriptor.keys].sort())
        const notices = Object.keys(descriptor.notices)
        const sent = [...(rows.notices ?? []), ...(rows.mails ?? [])].map(({ kind }) => String(kind))
        expect(sent.filter(kind => !notices.includes(kind))).toEqual([])
      })

      it('is gone with its person, or by its age', async () => {
        const { right, wrong } = await one.begin(world, camille)
        await verdict(await wrong())
        const typed = await right()
        if (!isKept(proof())) world.clock.forward(days(40))
        await world.transaction(tx => erasePerson(tx, camille))
        await forgetByAge(world, world.clock.now(), defaultLimits)
        expect(await inPlace(camille)).toEqual([])
        const rows = await dump(world)
        // What is deleted by its age alone is so for everybody: a shorter life would show who is known.
        const erased = Object.entries(descriptor.retention).filter(([, rule]) => typeof rule !== 'function')
        const left = erased.filter(([table]) => JSON.stringify(rows[table]).includes('"camille"'))
        expect(left.map(([table]) => table)).toEqual([])
        expect(await verdict(typed)).not.toBe('right')
      })

      itWhere('removal' in descriptor)('is removed by its owner, once', async () => {
        const { right } = await one.begin(world, camille)
        await one.begin(world, yanis)
        const typed = await right()
        const kept = proof()
        if (!isKept(kept)) throw new Error(`${one.name} cannot be removed`)
        expect(await kept.isInService(camille)).toBe(true)
        const [only] = await inPlace(camille)
        const clear = () => world.transaction(tx => kept.clear(tx, camille, only?.id || undefined))
        expect(await clear()).toBe(true)
        expect(await kept.isInService(camille)).toBe(false)
        expect(await inPlace(camille)).toEqual([])
        expect(await verdict(typed)).not.toBe('right')
        expect(await clear()).toBe(false)
        expect(await inPlace(yanis)).toHaveLength(1)
      })
    },
  )
