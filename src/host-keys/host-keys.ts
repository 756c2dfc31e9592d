import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { CompactEncrypt, compactDecrypt } from 'jose'
import { type Clock, days, hours, minutes, seconds } from '../clock.ts'
import { hmac, isSameSecret } from '../crypto/crypto.ts'
import type { Keys } from '../crypto/keys.ts'
import {
  createOnce,
  dayOf,
  destroyFile,
  type KeySharing,
  type RotatingKeys,
  readIfThere,
} from '../crypto/rotating-keys.ts'
import type { Rekeying } from '../rekeying.ts'
import type { RetentionOf } from '../retention-rule.ts'
import type { Store } from '../store/store.ts'

/** A host that has not been seen for so long is taken for lost: the others finish what it left. */
const lostAfter = minutes(5)
/** A host that was seen since is given the keys of the others: it may only be restarting. */
const givenKeysFor = hours(1)
const publishedAgainAfter = seconds(30)
const forgottenAfter = days(30)

type Deps = {
  readonly folder: string
  readonly host: string
  readonly store: Store
  readonly clock: Clock
  readonly keys: Keys
}

type Recipient = { readonly id: string; readonly public_key: string; readonly key_day: string }

/** Proves that a host has the root key: an attacker who can only write to the store must not be given keys. */
const proofUnder = (key: Buffer, { id, public_key, key_day }: Recipient) => hmac(key, id, public_key, key_day)

const isProved = (keys: Keys, row: Recipient & { readonly proof: string }) =>
  keys.all('host-key').some(key => isSameSecret(row.proof, proofUnder(key, row)))

const fileOf = ({ folder }: Deps, day: string) => join(folder, `${day}.key`)

/** `null`: a file that a fault of the disk damaged. What was wrapped for it opens nowhere. */
const privateKeyFrom = (der: Buffer) => {
  try {
    return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
  } catch {
    return null
  }
}

/** The private half of a day, made when the day has none yet. */
async function privateKeyOf(deps: Deps, day: string): Promise<KeyObject> {
  await mkdir(deps.folder, { recursive: true, mode: 0o700 })
  const { privateKey } = generateKeyPairSync('x25519')
  const made = privateKey.export({ format: 'der', type: 'pkcs8' })
  const file = fileOf(deps, day)
  const written = await readIfThere(file)
  const kept = written && privateKeyFrom(written)
  if (kept) return kept
  if (written) await destroyFile(file)
  return privateKeyFrom(await createOnce(file, made)) ?? privateKey
}

/** Says that this host is up, with its public key of today. */
async function publish(deps: Deps) {
  const { store, clock, host: id, keys } = deps
  const now = clock.now()
  const key_day = dayOf(now)
  const last = await store.read
    .selectFrom('hosts')
    .select(['key_day', 'seen_at'])
    .where('id', '=', id)
    .executeTakeFirst()
  if (last?.key_day === key_day && last.seen_at > now - publishedAgainAfter) return
  const half = createPublicKey(await privateKeyOf(deps, key_day))
  const public_key = half.export({ format: 'der', type: 'spki' }).toString('base64url')
  const row = {
    key_day,
    public_key,
    proof: proofUnder(keys.of('host-key'), { id, public_key, key_day }),
    seen_at: now,
  }
  await store.transaction(tx =>
    tx
      .insertInto('hosts')
      .values({ id, ...row })
      .onConflict(conflict => conflict.column('id').doUpdateSet(row))
      .execute(),
  )
}

async function recipients(deps: Deps): Promise<readonly Recipient[]> {
  const { store, clock, host, keys } = deps
  const rows = await store.read
    .selectFrom('hosts')
    .selectAll()
    .where('id', '!=', host)
    .where('seen_at', '>', clock.now() - givenKeysFor)
    .execute()
  return rows.filter(row => isProved(keys, row))
}

/** ECDH-ES and AES-256-GCM (RFC 7518): the header is authenticated, so a wrapped key serves one host under one name. */
const wrap = (name: string, key: Buffer, { id, public_key, key_day }: Recipient) =>
  new CompactEncrypt(key)
    .setProtectedHeader({ alg: 'ECDH-ES', enc: 'A256GCM', key: name, host: id, day: key_day })
    .encrypt(createPublicKey({ key: Buffer.from(public_key, 'base64url'), format: 'der', type: 'spki' }))

async function unwrap(deps: Deps, name: string, { key_day, wrapped }: { key_day: string; wrapped: string }) {
  const file = await readIfThere(fileOf(deps, key_day))
  const half = file && privateKeyFrom(file)
  if (!half) return null
  // Wrapped for a half that was lost since, or altered in the store: this host was not given the key.
  const opened = await compactDecrypt(wrapped, half, {
    keyManagementAlgorithms: ['ECDH-ES'],
    contentEncryptionAlgorithms: ['A256GCM'],
  }).catch(() => null)
  const isOurs = opened?.protectedHeader.key === name && opened.protectedHeader.host === deps.host
  return isOurs ? Buffer.from(opened.plaintext) : null
}

async function give(deps: Deps, own: ReadonlyMap<string, Buffer>) {
  const { store, host, clock } = deps
  const hosts = await recipients(deps)
  if (hosts.length === 0 || own.size === 0) return
  const given = await store.read
    .selectFrom('wrapped_keys')
    .select(['name', 'host', 'key_day'])
    .where('origin', '=', host)
    .execute()
  const known = new Set(given.map(({ name, ...row }) => `${name} ${row.host} ${row.key_day}`))
  const missing = [...own].flatMap(([name, key]) =>
    hosts
      .filter(({ id, key_day }) => !known.has(`${name} ${id} ${key_day}`))
      .map(async recipient => ({
        ...{ name, origin: host, host: recipient.id, key_day: recipient.key_day },
        wrapped: await wrap(name, key, recipient),
        created_at: clock.now(),
      })),
  )
  if (missing.length === 0) return
  const rows = await Promise.all(missing)
  await store.transaction(tx =>
    tx
      .insertInto('wrapped_keys')
      .values(rows)
      .onConflict(conflict => conflict.doNothing())
      .execute(),
  )
}

async function receive(deps: Deps, name: string) {
  const rows = await deps.store.read
    .selectFrom('wrapped_keys')
    .select(['key_day', 'wrapped'])
    .where('name', '=', name)
    .where('host', '=', deps.host)
    .orderBy('key_day', 'desc')
    .execute()
  for (const row of rows) {
    const key = await unwrap(deps, name, row)
    if (key) return key
  }
  return null
}

/** Destroys the private halves of past days that open nothing any more. */
async function destroyUnusedHalves(deps: Deps) {
  const { store, host, clock, folder } = deps
  const rows = await store.read
    .selectFrom('wrapped_keys')
    .select('key_day')
    .distinct()
    .where('host', '=', host)
    .execute()
  // Just after midnight the others still wrap for the half of the day before.
  const kept = new Set([...rows.map(row => row.key_day), dayOf(clock.now()), dayOf(clock.now() - days(1))])
  const files = await readdir(folder).catch(() => [])
  for (const file of files) if (!kept.has(file.slice(0, 10))) await destroyFile(join(folder, file))
}

async function findInherited({ store, host, clock }: Deps) {
  const rows = await store.read
    .selectFrom('wrapped_keys as wrapped')
    .leftJoin('hosts as origin', 'origin.id', 'wrapped.origin')
    .select('wrapped.name')
    .distinct()
    .where('wrapped.host', '=', host)
    .where(({ or, eb }) =>
      or([eb('origin.seen_at', 'is', null), eb('origin.seen_at', '<', clock.now() - lostAfter)]),
    )
    .execute()
  return rows.map(({ name }) => name)
}

/**
 * Several hosts share one store and no folder. A password that waits is sealed under a key of the host that accepted it; that
 * key is wrapped for each other host that is up, so that they can finish what a lost host left. A wrapped key opens only with
 * the private half that lies in the folder of its host, is renewed each day, and is never in a backup: the store and the root
 * key together still open no password.
 */
export const createHostKeys = (deps: Deps): KeySharing & HostKeys => {
  let inherited: readonly string[] = []
  return {
    share: (name, key) => give(deps, new Map([[name, key]])),
    receive: name => receive(deps, name),
    inherited: () => inherited,
    run: async own => {
      await publish(deps)
      await give(deps, await own())
      inherited = await findInherited(deps)
    },
    destroyUnused: async inUse => {
      const today = dayOf(deps.clock.now())
      const rows = await deps.store.read.selectFrom('wrapped_keys').select('name').distinct().execute()
      const unused = rows.filter(({ name }) => name.slice(0, 10) < today && !inUse.has(name))
      if (unused.length > 0)
        await deps.store.transaction(tx =>
          tx
            .deleteFrom('wrapped_keys')
            .where(
              'name',
              'in',
              unused.map(({ name }) => name),
            )
            .execute(),
        )
      await destroyUnusedHalves(deps)
    },
  }
}

export type HostKeys = {
  /** Names of the keys that lost hosts have left to this one, as of the last run. */
  inherited(): readonly string[]
  /** Says that this host is up and gives its keys to the others. Repeated each minute. */
  run(own: RotatingKeys['own']): Promise<void>
  /** Deletes the wrapped keys of past days that seal nothing, and the private halves that open nothing. */
  destroyUnused(inUse: ReadonlySet<string>): Promise<void>
}

export const hostKeyRetention: RetentionOf<'hosts' | 'wrapped_keys'> = {
  hosts: (tx, now) =>
    tx
      .deleteFrom('hosts')
      .where('seen_at', '<', now - forgottenAfter)
      .execute(),
  // Earlier with the last password that the key seals: `destroyUnused`.
  wrapped_keys: (tx, now) =>
    tx
      .deleteFrom('wrapped_keys')
      .where('created_at', '<', now - forgottenAfter)
      .execute(),
}

/** A host whose proof is false stays without a true one. */
export const hostRekeying: Rekeying<'hosts'> = {
  table: 'hosts',
  row: 'id',
  rekey: (keys, row) => {
    const proof = proofUnder(keys.of('host-key'), row)
    return isProved(keys, row) && row.proof !== proof ? { proof } : null
  },
}
