import { randomBytes } from 'node:crypto'
import { chmod, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '../clock.ts'
import { seal, unseal } from './crypto.ts'

/**
 * The keys that seal waiting passwords: a new key file each day, outside the database, destroyed once no password sealed under
 * it waits. A copy of the database, even with the root key, therefore reveals no password. `day`: the day (UTC) on
 * which a key was made, such as 2026-11-29; it names the key. `context`: names the row to which a sealed value is bound.
 */
export type RotatingKeys = {
  seal(context: string, clear: string): Promise<{ sealed: string; day: string }>
  /** `null` when the key was destroyed: the sealed value can never be read again, as intended. */
  unseal(day: string, context: string, sealed: string): Promise<string | null>
  /** Destroys the unused keys of past days; returns their number. */
  destroyUnused(inUse: ReadonlySet<string>): Promise<number>
}

const keyFileName = /^\d{4}-\d{2}-\d{2}\.key$/

export const openRotatingKeys = async (folder: string, clock: Clock): Promise<RotatingKeys> => {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const today = () => new Date(clock.now()).toISOString().slice(0, 10)

  const read = (day: string) =>
    readFile(join(folder, `${day}.key`)).catch((fault: NodeJS.ErrnoException) => {
      if (fault.code === 'ENOENT') return null
      throw fault
    })

  /** `wx`: when two processes need the day's key at the same time, one creates it and the other reads it. */
  const create = async (day: string) => {
    const file = join(folder, `${day}.key`)
    await writeFile(file, randomBytes(32), { flag: 'wx', mode: 0o600 }).catch(
      (fault: NodeJS.ErrnoException) => {
        if (fault.code !== 'EEXIST') throw fault
      },
    )
    await chmod(file, 0o600)
    const key = await read(day)
    if (key?.length !== 32) throw new Error(`the key of ${day} is not readable`)
    return key
  }

  return {
    seal: async (context, clear) => {
      const day = today()
      const key = (await read(day)) ?? (await create(day))
      return { day, sealed: seal(key, context, clear) }
    },
    unseal: async (day, context, sealed) => {
      const key = await read(day)
      return key ? unseal(key, context, sealed) : null
    },
    destroyUnused: async inUse => {
      const past = (await readdir(folder)).filter(
        name => keyFileName.test(name) && name < `${today()}.key` && !inUse.has(name.slice(0, 10)),
      )
      for (const name of past) {
        await writeFile(join(folder, name), randomBytes(32))
        await rm(join(folder, name))
      }
      return past.length
    },
  }
}
