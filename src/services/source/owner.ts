import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'

/**
 * Names this process in leases. A process of the same host that is gone can be told from one that is slow, so a
 * restart settles at once what a kill left open; other hosts' leases run out by themselves.
 */
const startedAt = (pid: number | 'self') => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '0'
  } catch {
    return null
  }
}

export const currentOwner = () => `${hostname()}:${process.pid}:${startedAt('self') ?? '0'}`

const isAlive = (pid: number) => {
  try {
    process.kill(pid, 0)
    return true
  } catch (fault) {
    return (fault as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** True only when the owner certainly runs no more: same host, and no such process or another one under its number. */
export const hasExited = (owner: string) => {
  const [host, pid, started] = owner.split(':')
  if (host !== hostname() || !pid) return false
  if (!isAlive(Number(pid))) return true
  const now = startedAt(Number(pid))
  return now !== null && started !== '0' && now !== started
}

/** The key of a sealed password may lie on the owner's host alone. */
export const isOfThisHost = (owner: string) => owner.split(':')[0] === hostname()
