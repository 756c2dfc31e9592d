import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'

/**
 * When a process was started, in clock ticks since boot (proc(5), field 22). With it, an exited process whose number was given
 * to another one is recognised.
 */
function startTimeOf(pid: number | 'self') {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '0'
  } catch {
    return null
  }
}

/**
 * Names this process in leases: host, process number and start time. After a restart on the same host, the leases of an
 * exited process are ended at once; leases of other hosts end by their time.
 */
export const currentLeaseHolder = () => `${hostname()}:${process.pid}:${startTimeOf('self') ?? '0'}`

function isAlive(pid: number) {
  try {
    process.kill(pid, 0)
    return true
  } catch (fault) {
    return (fault as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** True only when the holder has certainly exited: it is of this host, and its process number is free or reused. */
export function hasExited(holder: string) {
  const [host, pid, started] = holder.split(':')
  if (host !== hostname() || !pid) return false
  if (!isAlive(Number(pid))) return true
  const now = startTimeOf(Number(pid))
  return now !== null && started !== '0' && now !== started
}
