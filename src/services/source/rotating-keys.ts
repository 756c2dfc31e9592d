import { randomBytes } from 'node:crypto'
import { chmod, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '../../clock.ts'
import { seal, unseal } from '../../keys.ts'

/**
 * The keys under which a password waits: a new file each day, outside the database, destroyed when nothing waits
 * under it any more. A copy of the database, even with the root key, opens no password.
 */
export type RotatingKeys = {
  seal(place: string, clear: string): Promise<{ sealed: string; epoch: string }>
  /** `null` when the key is gone: what was sealed is lost for good, as promised. */
  unseal(epoch: string, place: string, sealed: string): Promise<string | null>
  /** Destroys the keys of past days under which nothing waits. */
  destroyUnused(inUse: ReadonlySet<string>): Promise<number>
}

const shape = /^\d{4}-\d{2}-\d{2}\.key$/

export const openRotatingKeys = async (folder: string, clock: Clock): Promise<RotatingKeys> => {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const today = () => new Date(clock.now()).toISOString().slice(0, 10)

  const read = (epoch: string) =>
    readFile(join(folder, `${epoch}.key`)).catch((fault: NodeJS.ErrnoException) => {
      if (fault.code === 'ENOENT') return null
      throw fault
    })

  /** `wx`: of two processes that start the day together, one makes the key and the other reads it. */
  const make = async (epoch: string) => {
    const file = join(folder, `${epoch}.key`)
    await writeFile(file, randomBytes(32), { flag: 'wx', mode: 0o600 }).catch(
      (fault: NodeJS.ErrnoException) => {
        if (fault.code !== 'EEXIST') throw fault
      },
    )
    await chmod(file, 0o600)
    const key = await read(epoch)
    if (key?.length !== 32) throw new Error(`the epoch key ${epoch} is not readable`)
    return key
  }

  return {
    seal: async (place, clear) => {
      const epoch = today()
      const key = (await read(epoch)) ?? (await make(epoch))
      return { epoch, sealed: seal(key, place, clear) }
    },
    unseal: async (epoch, place, sealed) => {
      const key = await read(epoch)
      return key ? unseal(key, place, sealed) : null
    },
    destroyUnused: async inUse => {
      const past = (await readdir(folder)).filter(
        name => shape.test(name) && name < `${today()}.key` && !inUse.has(name.slice(0, 10)),
      )
      for (const name of past) {
        await writeFile(join(folder, name), randomBytes(32))
        await rm(join(folder, name))
      }
      return past.length
    },
  }
}
