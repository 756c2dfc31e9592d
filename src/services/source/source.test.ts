import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { movableClock } from '../../../test/world/clock.ts'
import { migrations, newStore, storeFlavours } from '../../../test/world/stores.ts'
import { days, hours, minutes, seconds } from '../../clock.ts'
import { openRotatingKeys, type RotatingKeys } from '../../crypto/rotating-keys.ts'
import type { Directory, PersonId } from '../../directory/directory.ts'
import { openStore } from '../../store/open.ts'
import type { Tx } from '../../store/store.ts'
import { type Attempt, type Attempts, createAttempts } from './attempts.ts'
import { createPersonLock } from './person-lock.ts'
import { createReconciler } from './reconciler.ts'
import type { Source } from './source.ts'

const camille = 'camille' as PersonId
const nothing = async () => {}
const oneHost = { share: nothing, receive: async () => null }
const facts = { language: 'fr', historyHash: 'h', charterVersion: null } as const

describe.each(storeFlavours.filter(({ available }) => available))(
  'writes to the source on $flavour',
  ({ flavour }) => {
    let opened: Awaited<ReturnType<typeof newStore>>
    let folder: string
    let rotatingKeys: RotatingKeys
    let attempts: Attempts
    const keyFiles = () => readdirSync(folder).filter(name => name.endsWith('.key'))
    const clock = movableClock()
    beforeEach(async () => {
      opened = await newStore(flavour)
      folder = mkdtempSync(join(tmpdir(), 'sesame-rotating-keys-'))
      rotatingKeys = await openRotatingKeys(folder, clock, oneHost)
      attempts = createAttempts({ store: opened.store, clock, rotatingKeys, lease: minutes(1) })
    })
    afterEach(async () => {
      await opened.forget()
      rmSync(folder, { recursive: true })
    })

    const attempt = async (password = 'Tr0mbone&Cascade-3') => {
      const made = await attempts.prepare({ kind: 'reset', person: camille, journey: 'j', facts }, password)
      await opened.store.transaction(made.insert)
      return made.attempt
    }

    it('claims an abandoned attempt once among 8 workers of several processes', async () => {
      for (let made = 0; made < 40; made += 1) await attempt()
      clock.forward(minutes(2))
      const others = await Promise.all([1, 2, 3].map(() => openStore(opened.where, { migrations })))
      const workers = [opened.store, ...others].flatMap(store =>
        [1, 2].map(() => createAttempts({ store, clock, rotatingKeys, lease: minutes(1) })),
      )
      const claimed: string[] = []
      await Promise.all(
        workers.map(async worker => {
          for (;;) {
            const batch = await worker.claimAbandoned()
            if (batch.length === 0) return
            claimed.push(...batch.map(({ id }) => id))
          }
        }),
      )
      expect(claimed).toHaveLength(40)
      expect(new Set(claimed).size).toBe(40)
      for (const other of others) await other.close()
    })

    it('finishes an attempt once, and erases its password with it', async () => {
      const one = await attempt()
      expect((await attempts.password(one)).password).toBe('Tr0mbone&Cascade-3')
      const finished = await Promise.all(
        [1, 2, 3, 4].map(() => opened.store.transaction(tx => attempts.accept(tx, one))),
      )
      expect(finished.filter(Boolean)).toHaveLength(1)
      expect(await attempts.password(one)).toEqual({ password: null, isElsewhere: false })
    })

    const end = {
      accepted: (tx: Tx, one: Attempt) => attempts.accept(tx, one),
      refused: (tx: Tx, one: Attempt) => attempts.refuse(tx, one),
      'refused with its reason': async (tx: Tx, one: Attempt) => {
        await attempts.refuse(tx, one)
        await attempts.recordRefusal(tx, one, 'password-rejected')
      },
      'superseded by an accepted one': async (tx: Tx, one: Attempt) => {
        const other = await attempts.prepare(
          { kind: 'reset', person: camille, journey: 'k', facts },
          'Autre-1',
        )
        await other.insert(tx)
        await attempts.accept(tx, { ...other.attempt, person: one.person })
      },
      'superseded by a freeze': (tx: Tx, one: Attempt) => attempts.eraseOthers(tx, one.person, 'freeze'),
    } as const

    it.each(Object.keys(end) as (keyof typeof end)[])(
      'keeps neither the password nor its hash of an attempt that is %s',
      async how => {
        const hashed = { ...facts, historyHash: 'key:HashOfTheHistory' }
        const made = await attempts.prepare(
          { kind: 'change', person: camille, journey: null, facts: hashed },
          'Tr0mbone&Cascade-3',
        )
        await opened.store.transaction(made.insert)
        const rows = async () =>
          JSON.stringify(await opened.store.read.selectFrom('attempts').selectAll().execute())
        expect(await rows()).toContain('HashOfTheHistory')
        await opened.store.transaction(async tx => void (await end[how](tx, made.attempt)))
        expect(await rows()).not.toContain('HashOfTheHistory')
        expect(await attempts.password(made.attempt)).toEqual({ password: null, isElsewhere: false })
      },
    )

    it('seals a waiting password under a key outside the database, which is destroyed once unused', async () => {
      const one = await attempt()
      const rows = JSON.stringify(await opened.store.read.selectFrom('attempts').selectAll().execute())
      expect(rows).not.toContain('Tr0mbone')
      expect(keyFiles()).toHaveLength(1)
      clock.forward(days(2))
      expect(await rotatingKeys.destroyUnused(await attempts.keysInUse())).toBe(0)
      await opened.store.transaction(tx => attempts.refuse(tx, one))
      expect(await rotatingKeys.destroyUnused(await attempts.keysInUse())).toBe(1)
      expect(keyFiles()).toHaveLength(0)
    })

    it('does not open a sealed password that was moved to another row', async () => {
      const [one, two] = [await attempt('first-Password-1'), await attempt('second-Password-2')]
      const { sealed } = await opened.store.read
        .selectFrom('attempts')
        .select('sealed')
        .where('id', '=', one.id)
        .executeTakeFirstOrThrow()
      await opened.store.transaction(tx =>
        tx.updateTable('attempts').set({ sealed }).where('id', '=', two.id).execute(),
      )
      await expect(attempts.password(two)).rejects.toThrow()
    })

    it('lets one writer at a time work for a person', async () => {
      const lock = createPersonLock({ store: opened.store, clock, lease: minutes(1), patience: seconds(8) })
      let inside = 0
      let most = 0
      const work = () =>
        lock.withLock(camille, nothing, async () => {
          inside += 1
          most = Math.max(most, inside)
          await clock.sleep(15)
          inside -= 1
        })
      await Promise.all(Array.from({ length: 6 }, work))
      expect(most).toBe(1)
    })

    it('locks the person in the transaction that commits other work, unless another holder has the lock', async () => {
      const lock = createPersonLock({ store: opened.store, clock, lease: minutes(1), patience: 0 })
      const tryLock = () => opened.store.transaction(tx => lock.tryLock(tx, camille))
      const first = await tryLock()
      expect(first?.generation).toBe(1)
      expect(await tryLock()).toBe(null)
      expect(await first?.run(lockHandle => lockHandle.end(async (_, isHeld) => isHeld))).toBe(true)
      expect((await tryLock())?.generation).toBe(2)
    })

    it('holds no lock of a transaction that was rolled back, or that released it', async () => {
      const lock = createPersonLock({ store: opened.store, clock, lease: minutes(1), patience: 0 })
      const rolledBack = opened.store.transaction(async tx => {
        await lock.tryLock(tx, camille)
        throw new Error('rolled back')
      })
      await expect(rolledBack).rejects.toThrow('rolled back')
      await opened.store.transaction(async tx => (await lock.tryLock(tx, camille))?.release())
      expect(await lock.withLock(camille, nothing, async () => 'in')).toBe('in')
    })

    it('settles the other attempts of a run when one of them cannot be opened, and reports the fault', async () => {
      const made = [await attempt('Premier-1'), await attempt('Second-2'), await attempt('Tiers-3')]
      const [, damaged] = made
      await opened.store.transaction(tx =>
        tx
          .updateTable('attempts')
          .set({ sealed: 'AAAA' })
          .where('id', '=', damaged?.id ?? '')
          .execute(),
      )
      clock.forward(minutes(2))
      const bound: string[] = []
      const { run } = createReconciler({
        attempts,
        directory: {
          bind: async (_: PersonId, password: string) => {
            bound.push(password)
            return { ok: false, reason: 'wrong-password' }
          },
        } as unknown as Directory,
        source: {
          withLock: (one: Attempt, work: (locked: { attempt: Attempt }) => Promise<unknown>) =>
            work({ attempt: one }),
          refuse: (locked: { attempt: Attempt }) =>
            opened.store.transaction(tx => attempts.refuse(tx, locked.attempt)),
        } as unknown as Source,
        now: clock.now,
        keepSealed: hours(72),
      })
      await expect(run()).rejects.toThrow()
      expect(bound.toSorted()).toEqual(['Premier-1', 'Tiers-3'])
      const open = await opened.store.read
        .selectFrom('attempts')
        .selectAll()
        .where('state', '=', 'open')
        .execute()
      expect(open.map(({ id }) => id)).toEqual([damaged?.id])
      // It comes again later, and no sooner: a run has nothing to do now.
      expect(open[0]?.lease_until).toBeGreaterThan(clock.now())
      clock.forward(days(4))
      expect(await run()).toBe(1)
      expect(await attempts.countOpen(camille)).toBe(0)
    })

    it('ends an abandoned lock with its lease, and answers busy until then', async () => {
      const lock = createPersonLock({ store: opened.store, clock, lease: minutes(1), patience: 100 })
      await lock.saltOf(camille)
      await opened.store.transaction(tx =>
        tx
          .updateTable('people')
          .set({ lock_holder: 'elsewhere', lock_until: clock.now() + minutes(1) })
          .execute(),
      )
      expect(await lock.withLock(camille, nothing, async () => 'in')).toBe('busy')
      clock.forward(minutes(2))
      expect(await lock.withLock(camille, nothing, async () => 'in')).toBe('in')
    })
  },
)
