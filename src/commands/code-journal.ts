import {
  closeSync,
  existsSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { dirname, resolve } from 'node:path'
import { z } from 'zod'
import { digestOf } from '../crypto/crypto.ts'
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

/** The first line: the files of the run, by their whole names. */
const runFiles = z.strictObject({ files: z.array(z.string()) })
/** Before a file gets its name: the digest of its content. */
const fileDigest = z.strictObject({ file: z.string(), digest: z.string() })

const readLine = (file: string, line: string, index: number) => {
  try {
    return z.union([keptCode, runFiles, fileDigest]).parse(JSON.parse(line))
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
  const entries: KeptCode[] = []
  const digests = new Map<string, string>()
  let files: readonly string[] | null = null
  for (const [index, line] of lines.entries()) {
    const read = readLine(file, line, index)
    if ('files' in read) files = read.files
    else if ('digest' in read) digests.set(read.file, read.digest)
    else entries.push(read as KeptCode)
  }
  // Without a code, nothing of that run is worth keeping.
  return entries.length === 0
    ? { whole: 0, entries, files: null, digests: new Map<string, string>() }
    : { whole, entries, files, digests }
}

/** Whether a file that exists is of the run whose journal has this digest. Killed before it got its content, it is empty. */
const isOfRun = (file: string, digest: string | undefined) => {
  if (digest === undefined) return false
  const content = readFileSync(file)
  return content.length === 0 || digestOf(content) === digest
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
 * has. Its file gives access to accounts like the list itself: its owner alone can read it, and it is removed at the end. It names
 * the files of its run, and replaces no other. `isHeld`: whether this process has the lock of the journal.
 */
export const openCodeJournal = (file: string, given: readonly string[], isHeld: () => boolean) => {
  const { whole, entries, files, digests } = readJournal(file)
  const names = given.map(name => resolve(name))
  const byNumber = new Map(entries.map(entry => [`${entry.kind} ${entry.number}`, entry]))
  let descriptor: number | null = null
  const append = (entry: object) => {
    if (!isHeld()) throw new OperatorError('file', `${file} is in the hands of another run.`)
    const lines = descriptor === null && files === null ? [{ files: names }, entry] : [entry]
    onFile(file, () => {
      descriptor ??= open(file, whole)
      writeFileSync(descriptor, lines.map(line => `${JSON.stringify(line)}\n`).join(''))
      fsyncSync(descriptor)
    })
  }
  const journal: CodeJournal = {
    find: ({ kind, number }) => byNumber.get(`${kind} ${number}`) ?? null,
    keep: entry => {
      append(entry)
      byNumber.set(`${entry.kind} ${entry.number}`, entry)
    },
  }
  return {
    journal,
    file,
    /** The files of an interrupted run, where they are others than those of this one. */
    otherFiles: files !== null && String(files) !== String(names) ? files : null,
    /** A file that exists and that the interrupted run did not write: it is never replaced. */
    foreignFile: () => names.find(name => existsSync(name) && !isOfRun(name, digests.get(name))),
    /** Whether the interrupted run wrote this file; then records what it gets now. Call it before the file gets its name. */
    recordFile: (name: string, content: string | Uint8Array) => {
      const path = resolve(name)
      const isOwn = existsSync(path) && isOfRun(path, digests.get(path))
      // Its former digest stays in force until the file is replaced: it is emptied first.
      if (isOwn) truncateSync(path)
      append({ file: path, digest: digestOf(content) })
      return isOwn
    },
    /** Those whose line the list does not have. */
    foreignTo: (list: readonly { readonly kind: string; readonly number: string }[]) => {
      const listed = new Set(list.map(({ kind, number }) => `${kind} ${number}`))
      return [...byNumber.keys()].filter(key => !listed.has(key)).length
    },
    close: () => {
      if (descriptor !== null) closeSync(descriptor)
    },
    remove: () => {
      if (isHeld()) rmSync(file, { force: true })
    },
  }
}
