import {
  closeSync,
  existsSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { z } from 'zod'
import { onFile } from '../file-fault.ts'
import type { CodeJournal, KeptCode } from '../helpdesk/activation-codes.ts'
import { OperatorError } from '../operator-error.ts'

const keptCode = z.strictObject({
  person: z.string(),
  kind: z.string(),
  number: z.string(),
  code: z.string(),
  until: z.int(),
  byMail: z.boolean(),
})

const readLine = (file: string, line: string, index: number): KeptCode => {
  try {
    return keptCode.parse(JSON.parse(line)) as KeptCode
  } catch {
    throw new OperatorError(
      'file',
      `${file}: line ${index + 1} was not written by « sesame activation-codes ».`,
    )
  }
}

/** What an interrupted run has left. Its last line may be half written: it was interrupted before its code was made. */
const readJournal = (file: string) => {
  const bytes = existsSync(file) ? readFileSync(file) : Buffer.alloc(0)
  const whole = bytes.lastIndexOf(0x0a) + 1
  const lines = bytes.toString('utf8', 0, whole).split('\n').slice(0, -1)
  return { whole, entries: lines.map((line, index) => readLine(file, line, index)) }
}

const open = (file: string, whole: number) => {
  const descriptor = openSync(file, 'a', 0o600)
  ftruncateSync(descriptor, whole)
  const folder = openSync(dirname(file), 'r')
  fsyncSync(folder)
  closeSync(folder)
  return descriptor
}

/**
 * The codes of a list while their files are not complete, in `FILE.part`: a line of JSON for each, on the disk before the store has
 * the code. A command that was killed, or whose disk was full, reads them when it is repeated, and gives the codes that the store
 * has. Its file gives access to accounts like the list itself: its owner alone can read it, and it is removed at the end.
 */
export const openCodeJournal = (output: string) => {
  const file = `${output}.part`
  const { whole, entries } = readJournal(file)
  const byNumber = new Map(entries.map(entry => [`${entry.kind} ${entry.number}`, entry]))
  let descriptor: number | null = null
  const journal: CodeJournal = {
    find: ({ kind, number }) => byNumber.get(`${kind} ${number}`) ?? null,
    keep: entry => {
      const line = `${JSON.stringify(entry)}\n`
      onFile(file, () => {
        descriptor ??= open(file, whole)
        writeFileSync(descriptor, line)
        fsyncSync(descriptor)
      })
      byNumber.set(`${entry.kind} ${entry.number}`, entry)
    },
  }
  return {
    journal,
    file,
    /** Codes of an interrupted run. */
    found: entries.length,
    /** Those whose line the list does not have. */
    foreignTo: (list: readonly { readonly kind: string; readonly number: string }[]) => {
      const listed = new Set(list.map(({ kind, number }) => `${kind} ${number}`))
      return [...byNumber.keys()].filter(key => !listed.has(key)).length
    },
    close: () => {
      if (descriptor !== null) closeSync(descriptor)
    },
    remove: () => rmSync(file, { force: true }),
  }
}
