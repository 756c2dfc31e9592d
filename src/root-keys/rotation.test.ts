import { randomBytes } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { movableClock } from '../../test/world/clock.ts'
import { newStore, storeFlavours } from '../../test/world/stores.ts'
import { createAudit } from '../audit/chain.ts'
import { sealAuditHeads } from '../audit/heads.ts'
import { rekeyAudit } from '../audit/rekey.ts'
import { verifyAudit } from '../audit/verify.ts'
import { days, minutes } from '../clock.ts'
import { digestOf, newId, unseal } from '../crypto/crypto.ts'
import { namedUses, ruleOf } from '../crypto/key-uses.ts'
import { rootKeyFrom } from '../crypto/keys.ts'
import type { PersonId } from '../directory/directory.ts'
import { type Contacts, createContacts } from '../identity/contacts.ts'
import { sealJourneyForm, unsealJourneyForm } from '../journeys/steps/journey-form.ts'
import { sealLogin, unsealLogin } from '../journeys/steps/journey-login.ts'
import { defaultLimits } from '../limits/limits.ts'
import { createRateLimiter } from '../limits/rate-limiter.ts'
import { createMailRows, mailRekeying, sealMailFacts } from '../notify/mail-rows.ts'
import type { Destination } from '../proofs/sent-code/destination.ts'
import { rekeyings } from '../rekeyings.ts'
import { recordRootKey } from '../store/installation.ts'
import type { Store, Tx } from '../store/store.ts'
import { sealRefusedForm } from '../web/refused-form.ts'
import { createKeyHolder } from './key-holders.ts'
import { type KeyRing, openKeyRing } from './key-ring.ts'
import { type RotationDeps, type RotationReport, rotateRootKey } from './rotation.ts'

const person = 'camille' as PersonId
const address = 'camille@maison.example' as Destination
const quiet: RotationReport = {
  onSwitch: () => {},
  onResume: () => {},
  onProgress: () => {},
  onWait: () => {},
}

/** The texts of a column, also those in an object that it holds as JSON. */
const textsIn = (value: unknown): string[] => {
  if (typeof value !== 'string') return []
  if (!value.startsWith('{')) return [value]
  const inner = Object.values(JSON.parse(value) as object)
  return [value, ...inner.filter((one): one is string => typeof one === 'string')]
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
      openKeyRing(opened.store, { configured, new: other }, clock)
    const rotate = (ring: KeyRing, store: Store = opened.store, other: Partial<RotationDeps> = {}) =>
      rotateRootKey({
        ...{ store, ring, clock, rekeyings, report: quiet },
        proofUses: [],
        rekeyAudit: () => rekeyAudit({ store, keys: ring.keys, clock }, () => {}),
        ...other,
      })
    const contactsOf = ({ keys }: KeyRing): Contacts =>
      createContacts({
        ...{ store: opened.store, clock, keys, limits: defaultLimits },
        mails: createMailRows({ keys, clock }),
        rateLimiter: createRateLimiter(opened.store, clock),
      })
    const addressesIn = async (ring: KeyRing) => (await contactsOf(ring).list(person)).map(({ to }) => to)
    const writeMail = (tx: Tx, { keys }: KeyRing, to: Destination) =>
      createMailRows({ keys, clock }).write(tx, {
        kind: 'password-changed',
        to,
        language: 'fr',
        facts: { person, name: 'Camille', login: 'clefevre', events: [] },
      })
    const write = async (ring: KeyRing, to: Destination = address) => {
      const audit = createAudit(() => ring.keys.of('audit'), clock)
      const kind = { kind: 'contact.added', by: { kind: 'person', id: person } } as const
      await opened.store.transaction(async tx => {
        await contactsOf(ring).add(tx, { id: person, addresses: [] }, to)
        await writeMail(tx, ring, to)
        await audit.append(tx, { chain: person, ...kind })
        await audit.append(tx, { chain: person, kind: 'joker.wrong', by: { kind: 'anonymous' } })
      })
    }
    /** A journey at its password, with a refused form, and a refused form of a session. */
    const writeForms = async ({ keys }: KeyRing, expires_at = clock.now() + minutes(20)) => {
      const id = newId()
      const facts = {
        person,
        sealedLogin: sealLogin(keys, id, 'clefevre'),
        refusedForm: sealJourneyForm(keys, id, { problems: [] }),
      }
      const row = { id, kind: 'password', state: 'password', version: 3, facts: JSON.stringify(facts) }
      const of = { subject: person, person, refusals: 1, network: '', language: 'fr', device: '' }
      const times = { opened_at: clock.now(), expires_at, ends_at: expires_at }
      const form = { shown: sealRefusedForm(keys, 'refused_forms.shown.one', {}) }
      await opened.store.transaction(async tx => {
        await tx
          .insertInto('journeys')
          .values({ ...row, ...of, ...times, proved: '{}' })
          .execute()
        await tx
          .insertInto('refused_forms')
          .values({ form: 'one', ...form, refused_at: clock.now() })
          .onConflict(conflict => conflict.column('form').doUpdateSet(form))
          .execute()
      })
      return id
    }
    const formsOf = async ({ keys }: KeyRing, id: string) => {
      const journey = await opened.store.read
        .selectFrom('journeys')
        .select(['facts', 'version'])
        .where('id', '=', id)
        .executeTakeFirstOrThrow()
      const { sealedLogin, refusedForm } = JSON.parse(journey.facts)
      return {
        version: journey.version,
        login: unsealLogin(keys, id, sealedLogin),
        form: unsealJourneyForm(keys, id, refusedForm),
      }
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
        return rows.map(row => ({ name, texts: Object.values(row).flatMap(textsIn) }))
      })
      return (await Promise.all(all)).flat()
    }
    /** A value is bound to its row by one of its texts. */
    const contextsFor = (text: string) => [
      ...[
        ...['contacts.destination.', 'sent_codes.destination.', 'mails.destination.', 'mails.facts.'],
        ...['journeys.login.', 'journeys.facts.', 'refused_forms.shown.'],
      ].map(context => `${context}${text}`),
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

    it('reads a row again that a process changes under a batch, however late: it stays under no key that is erased', async () => {
      const ring = await ringOf()
      const asleep = await ringOf()
      let [waits, isLate] = [0, false]
      const late = {
        ...clock,
        // The last process that writes under the old key; from its commit on, all write under the new one.
        sleep: async (milliseconds: number) => {
          await clock.sleep(milliseconds)
          waits += 1
          if (waits > 1) return
          await opened.store.transaction(tx => writeMail(tx, asleep, address))
          isLate = true
        },
      }
      const underABatch: typeof mailRekeying = {
        ...mailRekeying,
        rekey: (keys, row) => {
          const made = mailRekeying.rekey(keys, row)
          // What the batch read is not what lies in the store any more: an event was added to the mail meanwhile.
          if (isLate) row.facts = sealMailFacts(keys, row.id, { person, name: '', login: '', events: [] })
          isLate = false
          return made
        },
      }
      const others = rekeyings.filter(({ table }) => table !== 'mails')
      await rotate(ring, opened.store, { clock: late, rekeyings: [...others, underABatch] })
      expect(await openedBy(former)).toEqual([])
      expect(await openedBy(next)).toContain('mails')
    })

    it('seals what lies in journeys anew, in those that are open and those that were left', async () => {
      const ring = await ringOf()
      const ids = [await writeForms(ring), await writeForms(ring, clock.now() - minutes(1))]
      expect(await openedBy(former)).toEqual(['journeys', 'refused_forms'])
      await rotate(ring)
      expect(await openedBy(former)).toEqual([])
      const after = await ringOf(next, null)
      for (const id of ids)
        expect(await formsOf(after, id)).toEqual({ version: 3, login: 'clefevre', form: { problems: [] } })
      expect(await openedBy(next)).toEqual(['journeys', 'kept_keys', 'refused_forms'])
    })

    it('finds what a request writes back that it read before the round', async () => {
      const ring = await ringOf()
      const asleep = await ringOf()
      const factsOf = (id: string) =>
        opened.store.read
          .selectFrom('journeys')
          .select('facts')
          .where('id', '=', id)
          .executeTakeFirstOrThrow()
      const read = { id: '', facts: '' }
      let waits = 0
      const sleep = async (milliseconds: number) => {
        await clock.sleep(milliseconds)
        waits += 1
        if (waits === 1) read.id = await writeForms(asleep)
        if (waits === 1) read.facts = (await factsOf(read.id)).facts
        if (waits === 2)
          await opened.store.transaction(tx =>
            tx.updateTable('journeys').set({ facts: read.facts }).where('id', '=', read.id).execute(),
          )
      }
      await rotate(ring, opened.store, { clock: { ...clock, sleep } })
      expect(waits).toBe(3)
      expect(await openedBy(former)).toEqual([])
      expect((await formsOf(ring, read.id)).login).toBe('clefevre')
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

    it('sums the sealed heads outside of its transaction, and again where another process seals meanwhile', async () => {
      const ring = await ringOf()
      await write(ring)
      await sealHeads(ring)
      let sums = 0
      const snapshot: Store['snapshot'] = async work => {
        const read = await opened.store.snapshot(work)
        sums += 1
        if (sums > 1) return read
        await write(ring, 'meanwhile@maison.example' as Destination)
        await sealHeads(ring)
        return read
      }
      await rotate(ring, { ...opened.store, snapshot })
      expect(sums).toBe(2)
      expect(await openedBy(former)).toEqual([])
      expect((await verify(await ringOf(next, null))).broken).toEqual([])
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

    it('ends the keys that are tried for a day at their time, in processes that go on running and read nothing', async () => {
      const ring = await ringOf()
      await rotate(ring)
      const tried = namedUses.filter(use => ruleOf(use) === 'both-tried')
      const heldOf = () => tried.filter(use => ring.keys.by(former.id, use) !== null)
      expect(heldOf()).toEqual(tried)
      clock.forward(days(1))
      expect(heldOf()).toEqual([])
      expect(tried.filter(use => ring.keys.all(use).length > 1)).toEqual([])
      expect(ring.keys.by(former.id, 'joker-pepper')).toEqual(former.of('joker-pepper'))
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
