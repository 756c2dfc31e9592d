import { closeSync, ftruncateSync, openSync, readSync, renameSync, writeSync } from 'node:fs'
import { onFile } from '../../file-fault.ts'
import { OperatorError } from '../../operator-error.ts'
import { bitsOf, blockBytes, blockOf, type FilterFacts, headerOf, keyOf, shapeFor } from './filter.ts'

/** The blocks of the filter that are in memory while it is filled: 64 MiB. */
const defaultWindow = 16_384

/** Fills a filter through a window that moves along the file: sorted digests cost one pass over it. */
const createFilterWriter = (output: string, facts: FilterFacts, windowBlocks: number) => {
  const shape = shapeFor(facts)
  const draft = `${output}.part`
  const descriptor = openSync(draft, 'w+')
  ftruncateSync(descriptor, (shape.blocks + 1) * blockBytes)
  const length = Math.min(windowBlocks, shape.blocks)
  const window = Buffer.alloc(length * blockBytes)
  let first = 0

  const offset = () => (first + 1) * blockBytes
  const flush = () => writeSync(descriptor, window, 0, window.length, offset())
  const moveTo = (block: number) => {
    flush()
    first = Math.min(block, shape.blocks - length)
    readSync(descriptor, window, 0, window.length, offset())
  }

  return {
    add: (key: Buffer) => {
      const block = blockOf(key, shape.blocks)
      if (block < first || block >= first + length) moveTo(block)
      const start = (block - first) * blockBytes
      for (const bit of bitsOf(key, shape.hashes)) {
        const at = start + (bit >>> 3)
        window[at] = (window[at] ?? 0) | (1 << (bit & 7))
      }
    },
    /** The file gets its final name only once it is complete. */
    finish: () => {
      flush()
      writeSync(descriptor, headerOf(shape, facts), 0, blockBytes, 0)
      closeSync(descriptor)
      renameSync(draft, output)
    },
  }
}

export const buildFilter = (words: ReadonlySet<string>, output: string, falsePositiveRate: number) => {
  const writer = createFilterWriter(output, { entries: words.size, falsePositiveRate }, defaultWindow)
  for (const word of words) writer.add(keyOf(word))
  writer.finish()
}

function* linesOf(file: string) {
  const descriptor = openSync(file, 'r')
  const chunk = Buffer.alloc(1 << 20)
  let rest = ''
  try {
    for (let read = readSync(descriptor, chunk); read > 0; read = readSync(descriptor, chunk)) {
      const lines = (rest + chunk.toString('latin1', 0, read)).split('\n')
      rest = lines.pop() ?? ''
      yield* lines
    }
    yield rest
  } finally {
    closeSync(descriptor)
  }
}

/** As it reads in Latin-1. */
const byteOrderMark = /^\u00EF\u00BB\u00BF/
const form = /^([0-9A-F]{40})(?::\d+)?\s*$/i

function* digestsIn(file: string) {
  let number = 0
  for (const line of linesOf(file)) {
    number += 1
    if (line.trim() === '') continue
    const digest = form.exec(number === 1 ? line.replace(byteOrderMark, '') : line)?.[1]
    if (!digest)
      throw new OperatorError(
        'file',
        `${file}, line ${number}: not SHA1:count (lists of NTLM hashes will not do)`,
      )
    yield digest
  }
}

const survey = (file: string) => {
  let entries = 0
  let sorted = true
  let last = ''
  for (const digest of digestsIn(file)) {
    entries += 1
    const upper = digest.toUpperCase()
    sorted &&= last <= upper
    last = upper
  }
  return { entries, sorted }
}

/**
 * `sesame leaked build FILE`: a filter from the Have I Been Pwned list (lines of `SHA1:count`). Two passes over the list,
 * and memory for the window alone. Returns the number of digests.
 */
export const buildFromHibp = (input: string, output: string, rate: number, windowBlocks = defaultWindow) => {
  if (!(rate > 0 && rate < 1))
    throw new OperatorError(
      '--rate',
      'the rate of wrong refusals must lie between 0 and 1, for example 0.0001',
    )
  const { entries, sorted } = survey(input)
  if (entries === 0) throw new OperatorError('file', `${input} holds no line of the form SHA1:count`)
  const facts = { entries, falsePositiveRate: rate }
  if (!sorted && shapeFor(facts).blocks > windowBlocks)
    throw new OperatorError(
      'file',
      `${input} is long and not in order: take the list ordered by hash, or sort it first`,
    )
  onFile(output, () => {
    const writer = createFilterWriter(output, facts, windowBlocks)
    for (const digest of digestsIn(input)) writer.add(Buffer.from(digest, 'hex'))
    writer.finish()
  })
  return entries
}
