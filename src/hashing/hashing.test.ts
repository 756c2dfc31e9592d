import { argon2Sync } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { getPriority } from 'node:os'
import { afterEach, describe, expect, it } from 'vitest'
import { type Hashing, type HashRequest, openHashing } from './hashing.ts'

const salt = Buffer.from('0123456789abcdef').toString('base64url')
const pepper = Buffer.alloc(32, 7)
const hashJob = (changes: Partial<HashRequest> = {}): HashRequest => ({
  password: 'Tr0mbone&Cascade-3',
  salt,
  pepper,
  network: 'n',
  queueKey: 'j',
  ...changes,
})

let hashing: Hashing
afterEach(() => hashing.close())

/** The nice values of this process's threads, from the kernel (proc(5), field 19). */
const niceOfThreads = () =>
  readdirSync('/proc/self/task').map(thread => {
    const [, after = ''] = readFileSync(`/proc/self/task/${thread}/stat`, 'utf8').split(') ')
    return Number(after.split(' ')[16])
  })

describe('the reference implementation that hashes are compared with', () => {
  it('computes the Argon2id test vector of RFC 9106 5.3', () => {
    hashing = openHashing({ workers: 1 })
    const tag = argon2Sync('argon2id', {
      message: Buffer.alloc(32, 1),
      nonce: Buffer.alloc(16, 2),
      secret: Buffer.alloc(8, 3),
      associatedData: Buffer.alloc(12, 4),
      parallelism: 4,
      tagLength: 32,
      memory: 32,
      passes: 3,
    })
    expect(tag.toString('hex')).toBe('0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659')
  })
})

describe('hashing', () => {
  const reference = (password: string, secret: Buffer) =>
    argon2Sync('argon2id', {
      message: password,
      nonce: Buffer.from(salt, 'base64url'),
      ...(secret.length > 0 && { secret }),
      parallelism: 1,
      tagLength: 32,
      memory: 47104,
      passes: 1,
    }).toString('base64url')

  it('is Argon2id with 46 MiB, one pass, the salt and the pepper, as another implementation computes it', async () => {
    hashing = openHashing({ workers: 1 })
    const hash = reference('Tr0mbone&Cascade-3', pepper)
    expect(await hashing.hash(hashJob())).toEqual({ ok: true, hash })
    const plain = reference('Tr0mbone&Cascade-3', Buffer.alloc(0))
    expect(await hashing.hash(hashJob({ pepper: Buffer.alloc(0) }))).toEqual({ ok: true, hash: plain })
    expect(plain).not.toBe(hash)
  })

  it('refuses a second waiting hash of one queue key, and any hash when the queue is full', async () => {
    hashing = openHashing({ workers: 1, queue: 2 })
    const working = hashing.hash(hashJob({ queueKey: 'running' }))
    const first = hashing.hash(hashJob({ queueKey: 'one' }))
    const again = hashing.hash(hashJob({ queueKey: 'one' }))
    const second = hashing.hash(hashJob({ queueKey: 'two' }))
    const third = hashing.hash(hashJob({ queueKey: 'three' }))
    expect(hashing.load()).toEqual({ waiting: 2, working: 1 })
    const answers = await Promise.all([working, first, again, second, third])
    expect(answers.map(answer => (answer.ok ? 'hash' : answer.reason))).toEqual([
      'hash',
      'hash',
      'hashing-twice',
      'hash',
      'hashing-busy',
    ])
    expect(hashing.load()).toEqual({ waiting: 0, working: 0 })
  })

  it('serves a quiet network second although another network sent ten requests before', async () => {
    hashing = openHashing({ workers: 1, queue: 20 })
    const served: string[] = []
    const request = async (network: string, queueKey: string) => {
      await hashing.hash(hashJob({ network, queueKey }))
      served.push(network)
    }
    const flood = Array.from({ length: 10 }, (_, index) => request('flood', `f${index}`))
    await Promise.all([...flood, request('quiet', 'q')])
    expect(served.indexOf('quiet')).toBe(2)
  })

  it('fails only the job that cannot be done, and goes on', async () => {
    hashing = openHashing({ workers: 1 })
    const withShortSalt = hashing.hash(hashJob({ salt: 'AAAA', queueKey: 'bad' }))
    const next = hashing.hash(hashJob({ queueKey: 'good' }))
    await expect(withShortSalt).rejects.toThrow(/salt/i)
    expect((await next).ok).toBe(true)
    expect((await hashing.hash(hashJob())).ok).toBe(true)
  })

  it('lowers the priority of its threads, not of the main thread that serves pages', async () => {
    const before = niceOfThreads().filter(nice => nice === 10).length
    hashing = openHashing({ workers: 2 })
    await Promise.all([hashing.hash(hashJob({ queueKey: 'a' })), hashing.hash(hashJob({ queueKey: 'b' }))])
    expect(getPriority(0)).not.toBe(10)
    if (process.platform === 'linux')
      expect(niceOfThreads().filter(nice => nice === 10).length).toBeGreaterThanOrEqual(before + 2)
  })

  it('refuses waiting hashes when it closes', async () => {
    hashing = openHashing({ workers: 1 })
    const working = hashing.hash(hashJob({ queueKey: 'a' })).catch(() => 'lost')
    const waiting = hashing.hash(hashJob({ queueKey: 'b' }))
    await hashing.close()
    expect(await waiting).toEqual({ ok: false, reason: 'hashing-busy' })
    expect(await hashing.hash(hashJob())).toEqual({ ok: false, reason: 'hashing-busy' })
    await working
  })
})
