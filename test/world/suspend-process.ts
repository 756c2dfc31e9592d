import { readdirSync, readFileSync } from 'node:fs'

/** The fields of `/proc/…/stat` after the process name, which may contain any character: state, parent, group, … */
const statOf = (path: string) => {
  try {
    return readFileSync(path, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
  } catch {
    return null
  }
}

const stopped = (pid: string) => {
  const threads = (() => {
    try {
      return readdirSync(`/proc/${pid}/task`)
    } catch {
      return []
    }
  })()
  return threads.every(thread => /^[TZX]?$/.test(statOf(`/proc/${pid}/task/${thread}/stat`)?.[0] ?? ''))
}

const inGroup = (leader: number) =>
  readdirSync('/proc').filter(
    name => /^\d+$/.test(name) && statOf(`/proc/${name}/stat`)?.[2] === String(leader),
  )

/**
 * Suspends a process, or the group that it leads, and returns once every thread has stopped: SIGSTOP is asynchronous, and a thread
 * on another core could still answer.
 */
export const suspendProcess = (pid: number, { group = false } = {}) => {
  process.kill(group ? -pid : pid, 'SIGSTOP')
  const rest = new Int32Array(new SharedArrayBuffer(4))
  const until = Date.now() + 5000
  while (!(group ? inGroup(pid) : [String(pid)]).every(stopped)) {
    if (Date.now() > until) throw new Error(`process ${pid} does not stop`)
    Atomics.wait(rest, 0, 0, 2)
  }
}
