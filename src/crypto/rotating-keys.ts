import { randomBytes } from 'node:crypto'
import { link, mkdir, open, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Clock } from '../clock.ts'
import { newId, seal, unseal } from './crypto.ts'

/**
 * The keys that seal waiting passwords: a new key file each day and host, outside the database, destroyed once no password
 * sealed under it waits. A copy of the database, even with the root key, therefore reveals no password. `key`: the name of a
 * key, the day (UTC) on which it was made and its host, such as `2026-11-29.Xb3…`. `context`: names the row to which a sealed
 * value is bound.
 */
export type RotatingKeys = {
  /** Names this host, that is, this folder: all processes that use it. */
  readonly host: string
  seal(context: string, clear: string): Promise<{ sealed: string; key: string }>
  /**
   * Opens a sealed password. `null`: there is none any more, or its key was destroyed, and it can never be read again, as
   * intended; or, with `isElsewhere`, only the host that sealed it can open it.
   */
  open(key: string, context: string, sealed: string | null): Promise<OpenedPassword>
  /** The keys that this host made, by name. Those of a version that had no host in their names are of one host alone. */
  own(): Promise<ReadonlyMap<string, Buffer>>
  /** Destroys the unused keys of past days; returns their number. */
  destroyUnused(inUse: ReadonlySet<string>): Promise<number>
}

export type OpenedPassword = { readonly password: string | null; readonly isElsewhere: boolean }

/** How a host gives its keys to the others, so that what waits survives its loss. */
export type KeySharing = {
  /** Gives a new key to every host that is up, before the process that made it seals anything under it. */
  share(name: string, key: Buffer): Promise<void>
  /** A key of another host; `null`: this host was not given it. */
  receive(name: string): Promise<Buffer | null>
}

export const dayOf = (now: number) => new Date(now).toISOString().slice(0, 10)

/** `null`: there is no such file. */
export const readIfThere = (file: string) =>
  readFile(file).catch((fault: NodeJS.ErrnoException) => {
    if (fault.code === 'ENOENT') return null
    throw fault
  })

async function flushFolder(folder: string) {
  const opened = await open(folder)
  await opened.sync().finally(() => opened.close())
}

/** What `createOnce` writes first; a process that is killed leaves it. */
const draftName = /^(\d{4}-\d{2}-\d{2})\..*\.key\.[\w-]{22}$/

/**
 * Creates a file, or reads the one that another process created first. The name appears with the whole content, on the disk: no
 * process reads half a key, and a power cut loses no key under which something was sealed.
 */
export async function createOnce(file: string, content: Buffer) {
  const draft = `${file}.${newId()}`
  await writeFile(draft, content, { flag: 'wx', mode: 0o600, flush: true })
  await link(draft, file).catch((fault: NodeJS.ErrnoException) => {
    if (fault.code !== 'EEXIST') throw fault
  })
  await flushFolder(dirname(file))
  await rm(draft)
  return readFile(file)
}

/** Overwrites a key before its file is removed. */
export async function destroyFile(file: string) {
  await writeFile(file, randomBytes(64))
  await rm(file, { force: true })
}

const keyLength = 32

/** `null`: there is no such key, or a fault of the disk damaged it, so that it opens nothing any more. */
async function readKey(file: string) {
  const key = await readIfThere(file)
  if (key === null || key.length === keyLength) return key
  await destroyFile(file)
  return null
}

const keyFileName = /^(\d{4}-\d{2}-\d{2}(?:\.[\w-]+)?)\.key$/

const nameIn = (file: string) => keyFileName.exec(file)?.[1] ?? null

/** The identity of the folder: a copy of the host's disk would be the same host. */
export async function hostOf(folder: string) {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const file = join(folder, 'host-id')
  const id = (await createOnce(file, Buffer.from(newId()))).toString('utf8')
  if (/^[\w-]{22}$/.test(id)) return id
  // Damaged by a fault of the disk: two hosts without a name would be one.
  await rm(file)
  return (await createOnce(file, Buffer.from(newId()))).toString('utf8')
}

export const openRotatingKeys = async (
  folder: string,
  clock: Clock,
  sharing: KeySharing,
): Promise<RotatingKeys> => {
  const host = await hostOf(folder)
  const today = () => dayOf(clock.now())
  const fileOf = (name: string) => join(folder, `${name}.key`)

  const create = async (name: string) => {
    const made = randomBytes(keyLength)
    const key = await createOnce(fileOf(name), made)
    if (key.equals(made)) await sharing.share(name, key)
    return key
  }

  return {
    host,
    seal: async (context, clear) => {
      const name = `${today()}.${host}`
      const key = (await readKey(fileOf(name))) ?? (await create(name))
      return { key: name, sealed: seal(key, context, clear) }
    },
    open: async (name, context, sealed) => {
      if (sealed === null) return { password: null, isElsewhere: false }
      const key = (await readKey(fileOf(name))) ?? (await sharing.receive(name))
      const isOfOther = name.includes('.') && !name.endsWith(`.${host}`)
      return { password: key ? unseal(key, context, sealed) : null, isElsewhere: !key && isOfOther }
    },
    own: async () => {
      const names = (await readdir(folder))
        .flatMap(file => nameIn(file) ?? [])
        .filter(name => name.endsWith(`.${host}`))
      const keys = await Promise.all(names.map(async name => [name, await readKey(fileOf(name))] as const))
      return new Map(keys.flatMap(([name, key]) => (key ? [[name, key]] : [])))
    },
    destroyUnused: async inUse => {
      const files = await readdir(folder)
      for (const file of files)
        if ((draftName.exec(file)?.[1] ?? today()) < today()) await destroyFile(join(folder, file))
      const past = files
        .flatMap(file => nameIn(file) ?? [])
        .filter(name => name.slice(0, 10) < today() && !inUse.has(name))
      for (const name of past) await destroyFile(fileOf(name))
      return past.length
    },
  }
}
