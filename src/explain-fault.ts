import { OperatorError } from './operator-error.ts'
import { storeFaultSentence } from './store/fault.ts'

/** What an operator reads of a fault: the part or setting concerned, and one sentence that says what to do. */
export type FaultReport = { readonly what: string; readonly sentence: string }

type SystemFault = Error & {
  readonly code?: string
  readonly syscall?: string
  readonly path?: string
  readonly address?: string
  readonly port?: number
  readonly hostname?: string
}

const listenMistakes: Readonly<Record<string, string>> = {
  EADDRINUSE:
    'is used by another program, perhaps by another portal: stop it, or give another listen.port (or PORT)',
  EACCES:
    'may not be used by this user: ports under 1024 are the proxy’s; give a higher listen.port (or PORT)',
  EADDRNOTAVAIL: 'is no address of this machine: correct listen.host',
}

/** Of the servers that a start needs, the store tells its own name; the others are asked in the background. */
const ofListenName = ({ syscall, hostname }: SystemFault): FaultReport | null =>
  syscall === 'getaddrinfo' && hostname !== undefined
    ? { what: 'listen', sentence: `${hostname} is a name that is not known here: correct listen.host.` }
    : null

const fileMistakes: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  EACCES:
    'cannot be read or written by this user: give it the right to (chgrp, chmod), or run as the user of the service',
  EPERM: 'belongs to another user: run as that user, or give it to this one (chown)',
  EROFS: 'is on a disk that is mounted read-only',
  EISDIR: 'is a folder, where a file is needed',
  ENOTDIR: 'is below a file, where a folder is needed',
  EEXIST: 'exists already, and is not overwritten: give another name',
  ENOSPC: 'cannot be written: the disk is full',
  EPIPE: 'is no longer read by the program that it goes to',
}

/** Where the code met the fault, for the maintainers: one place, not a stack trace. */
const placeOf = ({ stack = '' }: Error) =>
  /\n\s+at (?:.*\()?(?:file:\/\/)?([^\s()]+:\d+):\d+/.exec(stack)?.[1] ?? 'unknown'

const ofSystem = (fault: SystemFault): FaultReport | null => {
  const { code = '', syscall, path, address, port } = fault
  // A fault of the address itself has no port.
  const listened = port === undefined ? address : `${address}:${port}`
  if (syscall === 'listen' && listenMistakes[code])
    return { what: 'listen', sentence: `${listened} ${listenMistakes[code]}.` }
  return path !== undefined && fileMistakes[code]
    ? { what: 'file', sentence: `${path} ${fileMistakes[code]}.` }
    : null
}

/** Tells a fault in a sentence. One that is not expected is a bug: its line asks for the help of the maintainers. */
export const explainFault = (fault: unknown): FaultReport => {
  if (fault instanceof OperatorError) return { what: fault.setting, sentence: fault.message }
  if (!(fault instanceof Error)) return { what: 'start', sentence: String(fault) }
  const ofSystemFault = ofSystem(fault)
  if (ofSystemFault) return ofSystemFault
  const ofStore = storeFaultSentence(fault)
  if (ofStore) return { what: 'store', sentence: ofStore }
  const ofName = ofListenName(fault)
  if (ofName) return ofName
  const message = fault.message.split('\n')[0]
  return {
    what: 'bug',
    sentence: `${message} (${placeOf(fault)}). This is not expected: send this line to the maintainers of Sésame.`,
  }
}
