import { randomBytes } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { movableClock } from '../../test/world/clock.ts'
import { newStore, storeFlavours } from '../../test/world/stores.ts'
import { createAudit } from '../audit/chain.ts'
import { sealAuditHeads } from '../audit/heads.ts'
import { rekeyAudit } from '../audit/rekey.ts'
import { verifyAudit } from '../audit/verify.ts'
import { minutes } from '../clock.ts'
import { digestOf, unseal } from '../crypto/crypto.ts'
import { namedUses } from '../crypto/key-uses.ts'
import { rootKeyFrom } from '../crypto/keys.ts'
import type { PersonId } from '../directory/directory.ts'
import { type Contacts, createContacts } from '../identity/contacts.ts'
import { defaultLimits } from '../limits/limits.ts'
import { createRateLimiter } from '../limits/rate-limiter.ts'
import { createMailRows } from '../notify/mail-rows.ts'
import type { Destination } from '../proofs/code/destination.ts'
import { rekeyings } from '../rekeyings.ts'
import { recordRootKey } from '../store/installation.ts'
import type { Store } from '../store/store.ts'
import { createKeyHolder } from './key-holders.ts'
import { type KeyRing, openKeyRing } from './key-ring.ts'
import { type RotationReport, rotateRootKey } from './rotation.ts'

const person = 'camille' as PersonId
const address = 'camille@maison.example' as Destination
const quiet: RotationReport = {
  onSwitch: () => {},
  onResume: () => {},
  onProgress: () => {},
  onWait: () => {},
}

/** The store of a process that is killed at its commit of this number: nothing of it is written. */
const killedAt = (store: Store, commit: number): Store => {
  let commits = 0
  return {
    ...store,
    transaction: work => {
      commits += 1
      return commits < commit ? store.transaction(work) : Promise.reject(new Error('killed'))
    },
  }
}

describe.each(storeFlavours.filter(({ available }) => available))(
  'the rotation on $flavour',
  ({ flavour }) => {
    const [former, next, third] = [randomBytes(32), randomBytes(32), randomBytes(32)].map(rootKeyFrom)
    if (!former || !next || !third) throw new Error('no keys')
    let opened: Awaited<ReturnType<typeof newStore>>
    let clock: ReturnType<typeof movableClock>
    beforeEach(async () => {
      opened = await newStore(flavour)
      const moved = movableClock()
      // Nobody writes meanwhile: the wait is only a time that passes.
      clock = { ...moved, sleep: async milliseconds => moved.forward(milliseconds) }
      await opened.store.transaction(tx => recordRootKey(tx, former.fingerprint))
    })
    afterEach(() => opened.forget())

    const ringOf = (configured = former, other: typeof next | null = next) =>
      openKeyRing(opened.store, { configured, new: other })
    const rotate = (ring: KeyRing, store: Store = opened.store, report = quiet) =>
      rotateRootKey({
        ...{ store, ring, clock, rekeyings, report },
        proofUses: [],
        rekeyAudit: () => rekeyAudit({ store, keys: ring.keys, clock }, () => {}),
      })
    const contactsOf = ({ keys }: KeyRing): Contacts =>
      createContacts({
        ...{ store: opened.store, clock, keys, limits: defaultLimits },
        mails: createMailRows({ keys, clock }),
        rateLimiter: createRateLimiter(opened.store, clock),
      })
    const addressesIn = async (ring: KeyRing) => (await contactsOf(ring).list(person)).map(({ to }) => to)
    const write = async (ring: KeyRing, to: Destination = address) => {
      const audit = createAudit(() => ring.keys.of('audit'), clock)
      const kind = { kind: 'contact.added', by: { kind: 'person', id: person } } as const
      await opened.store.transaction(async tx => {
        await contactsOf(ring).add(tx, { id: person, addresses: [] }, to)
        await createMailRows({ keys: ring.keys, clock }).write(tx, {
          kind: 'password-changed',
          to,
          language: 'fr',
          facts: { person, name: 'Camille', login: 'clefevre', events: [] },
        })
        await audit.append(tx, { chain: person, ...kind })
        await audit.append(tx, { chain: person, kind: 'joker.wrong', by: { kind: 'anonymous' } })
      })
    }
    const sealHeads = async ({ keys }: KeyRing) => {
      clock.forward(minutes(2))
      await sealAuditHeads({ store: opened.store, keys, clock, report: () => {} })
    }
    const verify = ({ keys }: KeyRing) =>
      verifyAudit({ store: opened.store, keys, clock, limits: defaultLimits })

    const rowsOfTables = async () => {
      const tables = await opened.store.read.introspection.getTables()
      const all = tables.map(async ({ name }) => {
        const rows = await opened.store.read
          .selectFrom(name as 'contacts')
          .selectAll()
          .execute()
        return rows.map(row => ({
          name,
          texts: Object.values(row).filter((value): value is string => typeof value === 'string'),
        }))
      })
      return (await Promise.all(all)).flat()
    }
    /** A value is bound to its row by one of its texts. */
    const contextsFor = (text: string) => [
      ...['contacts.destination.', 'sent_codes.destination.', 'mails.destination.', 'mails.facts.'].map(
        context => `${context}${text}`,
      ),
      `authenticators.sealed:${text}`,
      `kept_keys.sealed.${text}`,
      `audit_seals.sum.${digestOf(text)}`,
    ]
    const opens = (key: Buffer, context: string, text: string) => {
      try {
        unseal(key, context, text)
        return true
      } catch {
        return false
      }
    }
    /** The tables of which a value opens under any key of this root key. */
    const openedBy = async (root: typeof former) => {
      const keys = namedUses.map(root.of)
      const found = (await rowsOfTables()).filter(({ texts }) => {
        const contexts = texts.flatMap(contextsFor)
        return texts.some(text => keys.some(key => contexts.some(context => opens(key, context, text))))
      })
      return [...new Set(found.map(({ name }) => name))].sort()
    }

    it('may be killed before each of its commits; both keys open everything until it is repeated to its end', {
      timeout: 120_000,
    }, async () => {
      const ring = await ringOf()
      await write(ring)
      await sealHeads(ring)
      let kills = 0
      for (let commit = 1; ; commit += 1) {
        const killed = await rotate(await ringOf(), killedAt(opened.store, commit)).then(
          () => false,
          fault => {
            if (!String(fault).includes('killed')) throw fault
            return true
          },
        )
        const meanwhile = await ringOf()
        const digest = createMailRows({ keys: meanwhile.keys, clock }).digestOf(address)
        expect(await addressesIn(meanwhile)).toEqual([address])
        expect(await contactsOf(meanwhile).isContact(person, digest)).toBe(true)
        expect((await verify(meanwhile)).broken).toEqual([])
        if (!killed) break
        kills += 1
      }
      expect(kills).toBeGreaterThan(25)
      const after = await ringOf(next, null)
      expect(await addressesIn(after)).toEqual([address])
      expect((await verify(after)).broken).toEqual([])
      await sealHeads(after)
      await write(after, 'autre@maison.example' as Destination)
      expect((await verify(after)).broken).toEqual([])
    })

    it('leaves nothing that opens under the old key, and nothing is opened by it that is written later', async () => {
      const ring = await ringOf()
      await write(ring)
      await sealHeads(ring)
      expect(await openedBy(former)).toEqual(['audit_seals', 'contacts', 'mails'])
      await rotate(ring)
      expect(await openedBy(former)).toEqual([])
      expect(await openedBy(next)).toEqual(['audit_seals', 'contacts', 'kept_keys', 'mails'])
      await expect(ringOf(former, null)).rejects.toThrow(/the store is now under the root key/)
      expect((await ringOf(next, null)).keys.accepts(former.id)).toBe(false)
      const kept = await opened.store.read.selectFrom('kept_keys').select('purpose').execute()
      expect(
        kept.map(({ purpose }) => purpose).filter(use => /^seal-|destination|host-key/.test(use)),
      ).toEqual([])
    })

    it('tells a link that somebody appends under the old key afterwards, and a head that was altered before', async () => {
      const ring = await ringOf()
      await write(ring)
      await sealHeads(ring)
      await rotate(ring)
      const after = await ringOf(next, null)
      expect((await verify(after)).broken).toEqual([])
      const forging = createAudit(() => former.of('audit'), clock)
      const event = { chain: person, kind: 'session.ended', by: { kind: 'person', id: person } } as const
      await opened.store.transaction(tx => forging.append(tx, event))
      expect((await verify(after)).broken).toEqual([
        expect.objectContaining({ chain: person, why: 'the event was altered, moved or inserted' }),
      ])
      await opened.store.transaction(tx =>
        tx.updateTable('audit_key_changes').set({ sequence: 1000 }).where('chain', '=', person).execute(),
      )
      expect((await verify(after)).broken).toEqual([expect.objectContaining({ chain: person })])
    })

    it('hides no fault of the log: a sealed head that was altered before it is told after it', async () => {
      const ring = await ringOf()
      await write(ring)
      await sealHeads(ring)
      await opened.store.transaction(tx =>
        tx.deleteFrom('audit_sealed_heads').where('chain', '=', person).execute(),
      )
      const before = (await verify(ring)).broken
      expect(before).toHaveLength(1)
      await rotate(ring)
      expect((await verify(await ringOf(next, null))).broken).toEqual([
        expect.objectContaining({ why: before[0]?.why }),
      ])
    })

    it('is followed by a third root key, under which all that was kept of the first two opens', async () => {
      const ring = await ringOf()
      await write(ring)
      await sealHeads(ring)
      const subject = ring.keys.of('subject')
      await rotate(ring)
      const second = await ringOf(next, third)
      await write(second, 'deux@maison.example' as Destination)
      await rotate(second)
      const after = await ringOf(third, null)
      expect(await addressesIn(after)).toEqual([address, 'deux@maison.example'])
      expect((await verify(after)).broken).toEqual([])
      expect(after.keys.of('subject')).toEqual(subject)
      expect(after.keys.by(former.id, 'joker-pepper')).toEqual(former.of('joker-pepper'))
      await expect(rotate(after)).rejects.toThrow(/no new root key is given/)
      await expect(rotate(await ringOf(third, former))).rejects.toThrow(/was in force before/)
    })

    it('writes nothing under the old key once the lease of a process has ended, and nothing without a look', async () => {
      const ring = await ringOf()
      const asleep = await ringOf()
      await rotate(ring)
      const now = Date.now
      Date.now = () => now() + minutes(5)
      try {
        const fenced = asleep.fence(opened.store)
        await expect(fenced.transaction(async () => 'written')).rejects.toThrow(/replaced meanwhile/)
        await expect(fenced.transaction(async () => 'written')).resolves.toBe('written')
        expect(asleep.keys.id).toBe(next.id)
      } finally {
        Date.now = now
      }
    })

    it('is refused while a process of the portal lacks the new key, and goes on once that process has ended', async () => {
      const ring = await ringOf()
      const holder = createKeyHolder({ store: opened.store, clock })
      await holder.report([former.fingerprint])
      await expect(rotate(ring)).rejects.toThrow(/do not have the new root key yet: .*process \d+/)
      expect(ring.state()).toMatchObject({ rootKey: former.fingerprint, switchedAt: null })
      await holder.end()
      await rotate(ring)
      expect(ring.state()).toMatchObject({ rootKey: next.fingerprint, rotatedAt: expect.any(Number) })
      await expect(rotate(ring)).rejects.toThrow(/is under this root key .* already/)
    })
  },
)
