import { hash } from 'node:crypto'
import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs'
import { OperatorError } from '../../operator-error.ts'

/**
 * A Bloom filter in a file: it finds every word that it contains, and a few that it does not (false positives). Words are
 * represented by their SHA-1, so that the Have I Been Pwned list can be used; SHA-1 protects nothing here, it only spreads
 * the words.
 *
 * All bits of a word lie in one block of 4 KiB, chosen by the first bits of its digest: a look-up in the operator's
 * filter, which may be larger than memory, costs one read; and a list sorted by digest fills the file from end to end.
 */
export type FilterFacts = { readonly entries: number; readonly falsePositiveRate: number }

type FilterShape = { readonly blocks: number; readonly hashes: number }

const magic = 'SESAMEF\x01'
export const blockBytes = 4096
const blockBits = blockBytes * 8

/** Blocks fill unevenly: two percent more bits keep the stated rate true (measured in the tests). */
const unevenness = 1.02

export const keyOf = (word: string) => hash('sha1', word, 'buffer')

export const shapeFor = ({ entries, falsePositiveRate }: FilterFacts): FilterShape => {
  const bitsEach = (-Math.log(falsePositiveRate) / Math.LN2 ** 2) * unevenness
  return {
    blocks: Math.max(1, Math.ceil((entries * bitsEach) / blockBits)),
    hashes: Math.max(1, Math.round(-Math.log2(falsePositiveRate))),
  }
}

export const blockOf = (key: Buffer, blocks: number) => Math.floor((key.readUInt32BE(0) * blocks) / 2 ** 32)

/** Bits of a word in its block: sfc32 seeded with the rest of the digest, since two hashes repeat in so small a block. */
export const bitsOf = (key: Buffer, hashes: number) => {
  let [a, b, c, d] = [key.readInt32BE(4), key.readInt32BE(8), key.readInt32BE(12), key.readInt32BE(16)]
  return Array.from({ length: hashes }, () => {
    const drawn = (a + b + d) | 0
    d = (d + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (((c << 21) | (c >>> 11)) + drawn) | 0
    return (drawn >>> 7) % blockBits
  })
}

export const headerOf = ({ blocks, hashes }: FilterShape, { entries, falsePositiveRate }: FilterFacts) => {
  const header = Buffer.alloc(blockBytes)
  header.write(magic, 0, 'latin1')
  header.writeUInt32BE(blocks, 8)
  header.writeUInt32BE(hashes, 12)
  header.writeUIntBE(entries, 16, 6)
  header.writeDoubleBE(falsePositiveRate, 24)
  return header
}

const readShape = (file: string, header: Buffer, size: number) => {
  if (header.toString('latin1', 0, 8) !== magic)
    throw new OperatorError('leakedFilter', `${file} is not a filter made by sesame leaked build: make one.`)
  const shape: FilterShape = { blocks: header.readUInt32BE(8), hashes: header.readUInt32BE(12) }
  if (size !== (shape.blocks + 1) * blockBytes)
    throw new OperatorError('leakedFilter', `${file} is cut short: make it again.`)
  return { shape, facts: { entries: header.readUIntBE(16, 6), falsePositiveRate: header.readDoubleBE(24) } }
}

/** Loading a filter of up to this size takes a few milliseconds; a larger one is read from the disk at each look-up. */
const smallFile = 8 * 2 ** 20

/** Reads a block by its index: from memory, or by one positional read. */
const createBlockReader = (descriptor: number, size: number, inMemory: number) => {
  if (size <= inMemory) {
    const bytes = readFileSync(descriptor)
    return (block: number) => bytes.subarray(block * blockBytes, (block + 1) * blockBytes)
  }
  const page = Buffer.alloc(blockBytes)
  return (block: number) => {
    readSync(descriptor, page, 0, blockBytes, block * blockBytes)
    return page
  }
}

export const openFilter = (file: string, inMemory = smallFile) => {
  const descriptor = openSync(file, 'r')
  try {
    const { size } = fstatSync(descriptor)
    const read = createBlockReader(descriptor, size, inMemory)
    const { shape, facts } = readShape(file, read(0), size)
    return {
      facts: facts satisfies FilterFacts as FilterFacts,
      has: (word: string) => {
        const key = keyOf(word)
        const block = read(1 + blockOf(key, shape.blocks))
        return bitsOf(key, shape.hashes).every(bit => ((block[bit >>> 3] ?? 0) & (1 << (bit & 7))) !== 0)
      },
      close: () => closeSync(descriptor),
    }
  } catch (fault) {
    closeSync(descriptor)
    throw fault
  }
}
