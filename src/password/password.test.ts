import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { keysFrom } from '../crypto/keys.ts'
import type { Person, PersonId } from '../directory/directory.ts'
import { type Hashing, openHashing } from '../hashing/hashing.ts'
import { openStore } from '../store/open.ts'
import type { Store } from '../store/store.ts'
import { readHistoryHash, recordInHistory } from './history.ts'
import { buildShipped } from './leaked/shipped.ts'
import { createPasswordRules, type PasswordRules } from './password.ts'
import { policySettings } from './settings.ts'

const migrations = fileURLToPath(new URL('../../migrations', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'sesame-password-'))
const shippedFilter = join(folder, 'shipped.filter')
const keys = keysFrom(Buffer.alloc(32, 1))
const client = { network: 'n', queueKey: 'j' }
const camille: Person = {
  id: 'camille' as PersonId,
  login: 'clefevre',
  populations: ['staff'],
  displayName: 'Camille Lefèvre',
  firstNames: ['Camille'],
  familyNames: ['Lefèvre'],
  birthDate: { year: 1985, month: 7, day: 14 },
  addresses: [],
  privileged: false,
  closed: false,
}

let store: Store
let hashing: Hashing
let hashes = 0

const saltOf = async (person: string): Promise<string> => {
  const known = await store.read
    .selectFrom('people')
    .select('salt')
    .where('person', '=', person)
    .executeTakeFirst()
  if (known) return known.salt
  await store.transaction(tx =>
    tx
      .insertInto('people')
      .values({
        person,
        salt: 'AAAAAAAAAAAAAAAAAAAAAA',
        generation: 0,
        lock_holder: null,
        lock_until: 0,
        proofs_revoked_at: 0,
        sign_ins_revoked_at: 0,
        checked_at: 0,
        missing_since: null,
        password_chosen_at: null,
      })
      .onConflict(conflict => conflict.column('person').doNothing())
      .execute(),
  )
  return saltOf(person)
}

const openRules = (password: object = {}, withKeys = keys): PasswordRules =>
  createPasswordRules({
    settings: {
      config: {
        password: policySettings.parse(password),
        branding: { product: 'Sésame', institution: 'Université de Clairval' },
      },
    },
    shippedFilter,
    store,
    keys: withKeys,
    hashing: {
      ...hashing,
      hash: job => {
        hashes += 1
        return hashing.hash(job)
      },
    },
    lock: { saltOf },
  })

beforeAll(async () => {
  await buildShipped(shippedFilter)
  store = await openStore({ file: join(folder, 'store.sqlite') }, { migrations })
  hashing = openHashing({ workers: 1 })
})
afterAll(async () => {
  await hashing.close()
  await store.close()
  rmSync(folder, { recursive: true })
})
beforeEach(async () => {
  hashes = 0
  await store.transaction(tx => tx.deleteFrom('password_history').execute())
})

const choose = async (rules: PasswordRules, password: string, at: number) => {
  const judged = await rules.inHistory(camille.id, password, client)
  if (!judged.ok) throw new Error(judged.reason)
  const { hash } = judged
  if (hash === null) throw new Error('nothing was hashed')
  await store.transaction(tx =>
    recordInHistory(tx, { person: camille.id, ...readHistoryHash(keys, hash), at, kept: 3 }),
  )
  return judged.used
}
const isUsed = async (rules: PasswordRules, password: string) => {
  const judged = await rules.inHistory(camille.id, password, client)
  return judged.ok && judged.used
}
const isKnown = async (rules: PasswordRules) => {
  const judged = await rules.inHistory(camille.id, 'Tr0mbone&Cascade-9', client)
  return judged.ok && judged.known
}

describe('the rules of a new password', () => {
  it.each([
    ['Tr0mbone&Cascade-3', []],
    [
      'short',
      [
        'password-too-short',
        'password-lacks-upper',
        'password-lacks-digit',
        'password-lacks-special',
        'password-leaked',
      ],
    ],
    ['Tr0mbone&CLefevre', ['password-has-login', 'password-has-name']],
    ['Tr0m&14071985-x', ['password-has-birth-date']],
    ['Clairval&Lune-9', ['password-has-institution']],
    ['P@ssw0rd12345!', ['password-leaked']],
  ])('judge %s: %j', (password, expected) => {
    const rules = openRules()
    expect(rules.judge(password, camille).map(({ reason }) => reason)).toEqual(expected)
    rules.close()
  })

  it('tell of a password that is too long only what the policy says, however long it is', () => {
    const rules = openRules()
    const long = 'clefevre-azerty'.repeat(270)
    expect(rules.judge(long, camille).map(({ reason }) => reason)).toEqual([
      'password-too-long',
      'password-lacks-upper',
      'password-lacks-digit',
    ])
    rules.close()
  })

  it('follow the configuration', () => {
    const rules = openRules({ preset: 'nist', login: false, institutionWords: ['Girafe'] })
    expect(rules.policy.min).toBe(15)
    expect(rules.judge('chat vert girafe lune', null).map(({ reason }) => reason)).toEqual([
      'password-has-institution',
    ])
    expect(rules.judge('chat clefevre lune', { ...camille, familyNames: [] })).toEqual([])
    expect(rules.institutionWords).toEqual(['Girafe', 'Sésame', 'Clairval'])
    rules.close()
  })
})

describe('the last passwords', () => {
  it('are refused, the current one included, until three others were chosen', async () => {
    const rules = openRules()
    const chosen = ['Tr0mbone&Cascade-1', 'Tr0mbone&Cascade-2', 'Tr0mbone&Cascade-3', 'Tr0mbone&Cascade-4']
    for (const [index, password] of chosen.entries()) expect(await choose(rules, password, index)).toBe(false)
    expect(
      await Promise.all(
        chosen.map(async (password, index) => {
          const judged = await rules.inHistory(camille.id, password, { network: 'n', queueKey: `j${index}` })
          return judged.ok && judged.used
        }),
      ),
    ).toEqual([false, true, true, true])
    rules.close()
  })

  it('cost one hash to compare with, however many they are', async () => {
    const rules = openRules()
    for (const n of [1, 2, 3]) await choose(rules, `Tr0mbone&Cascade-${n}`, n)
    hashes = 0
    expect(await isUsed(rules, 'Tr0mbone&Cascade-9')).toBe(false)
    expect(hashes).toBe(1)
    rules.close()
  })

  it('are as many as the policy says', async () => {
    const rules = openRules({ history: 1 })
    for (const n of [1, 2]) await choose(rules, `Tr0mbone&Cascade-${n}`, n)
    expect(await isUsed(rules, 'Tr0mbone&Cascade-2')).toBe(true)
    expect(await isUsed(rules, 'Tr0mbone&Cascade-1')).toBe(false)
    rules.close()
  })

  it('are not hashed at all where none is refused', async () => {
    const rules = openRules({ history: 0 })
    expect(await rules.inHistory(camille.id, 'Tr0mbone&Cascade-1', client)).toMatchObject({
      used: false,
      known: true,
      hash: null,
    })
    expect(hashes).toBe(0)
    rules.close()
  })

  it('hashed under another pepper count as unknown, so that the directory is asked', async () => {
    const rules = openRules()
    expect(await isKnown(rules)).toBe(false)
    await choose(rules, 'Tr0mbone&Cascade-1', 1)
    expect(await isKnown(rules)).toBe(true)
    const rotated = openRules({}, keysFrom(Buffer.alloc(32, 2)))
    expect(await isKnown(rotated)).toBe(false)
    for (const opened of [rules, rotated]) opened.close()
  })
})
