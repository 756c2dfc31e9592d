import { readFileSync } from 'node:fs'
import { ok, type Result } from './result.ts'

const lineFeed = 0x0a

/** The first line whose bytes are no UTF-8; 0 when there is none. UTF-8 has no line feed within another character. */
const firstUnreadableLine = (bytes: Buffer) => {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let start = 0
  for (let line = 1; start <= bytes.length; line += 1) {
    const end = bytes.indexOf(lineFeed, start)
    try {
      decoder.decode(bytes.subarray(start, end < 0 ? bytes.length : end))
    } catch {
      return line
    }
    if (end < 0) return 0
    start = end + 1
  }
  return 0
}

/**
 * The text of a file that the operator made; a byte order mark is removed. The reason of a refusal is a sentence for the
 * operator. A file in another encoding is refused: read as UTF-8 it would lose its accents without a word. `-` is the
 * standard input.
 */
export function readOperatorText(file: string): Result<{ text: string }, string> {
  let bytes: Buffer
  try {
    bytes = readFileSync(file === '-' ? 0 : file)
  } catch (fault) {
    return {
      ok: false,
      reason: `cannot be read (${(fault as NodeJS.ErrnoException).code ?? 'unknown fault'})`,
    }
  }
  const line = firstUnreadableLine(bytes)
  if (line > 0)
    return {
      ok: false,
      reason: `line ${line} is not in UTF-8: save the file as UTF-8 (from Windows: iconv -f WINDOWS-1252 -t UTF-8)`,
    }
  return ok({ text: bytes.toString('utf8').replace(/^\uFEFF/, '') })
}

const isUtf16 = (bytes: Buffer) => bytes[0] === 0xff && bytes[1] === 0xfe

/**
 * A secret: the content of its file, without what editors and shells add and nobody sees: line ends after it, a byte order mark
 * before it. PowerShell writes UTF-16.
 */
export const readSecret = (file: string) => {
  const bytes = readFileSync(file)
  return bytes
    .toString(isUtf16(bytes) ? 'utf16le' : 'utf8')
    .replace(/^\uFEFF/, '')
    .replace(/[\r\n]+$/, '')
}
