import { readFileSync } from 'node:fs'
import { OperatorError } from './operator-error.ts'
import { ok, type Result } from './result.ts'

const utf16Marks = ['fffe', 'feff']
const decoder = new TextDecoder('utf-8', { fatal: true })

/** What a program writes in place of a letter that it could not read. */
const lostLetter = Buffer.from('\uFFFD')

/** « Ã© » and the like, what « é » becomes when UTF-8 is converted again: Ã before a sign of Latin-1, which no language writes. */
const convertedTwice = Buffer.from('c383c2', 'hex')

const lineAt = (bytes: Buffer, position: number) =>
  bytes.subarray(0, position).reduce((line, byte) => (byte === 0x0a ? line + 1 : line), 1)

/** The first line whose bytes are no UTF-8. No character of UTF-8 contains a line feed. */
const firstUnreadableLine = (bytes: Buffer) => {
  let start = 0
  for (let line = 1; ; line += 1) {
    const end = bytes.indexOf(0x0a, start)
    try {
      decoder.decode(bytes.subarray(start, end < 0 ? bytes.length : end))
    } catch {
      return line
    }
    start = end + 1
  }
}

/** The text without its byte order mark, or what is wrong with it, to follow the name of the file. */
const decode = (bytes: Buffer): Result<{ text: string }, string> => {
  if (utf16Marks.includes(bytes.toString('hex', 0, 2)))
    return { ok: false, reason: 'is in UTF-16: save it as UTF-8 (iconv -f UTF-16 -t UTF-8)' }
  const nothing = bytes.indexOf(0)
  if (nothing >= 0)
    return {
      ok: false,
      reason: `line ${lineAt(bytes, nothing)} holds a zero byte, so it is no text in UTF-8: save it as UTF-8`,
    }
  const lost = bytes.indexOf(lostLetter)
  if (lost >= 0)
    return {
      ok: false,
      reason: `line ${lineAt(bytes, lost)} holds « \uFFFD », which an earlier conversion wrote for a letter that it could not read: correct this line, or make the file again`,
    }
  const twice = bytes.indexOf(convertedTwice)
  if (twice >= 0)
    return {
      ok: false,
      reason: `line ${lineAt(bytes, twice)} holds letters such as « Ã© », which were converted to UTF-8 twice: make the file again (or iconv -f UTF-8 -t WINDOWS-1252)`,
    }
  try {
    return ok({ text: decoder.decode(bytes) })
  } catch {
    return {
      ok: false,
      reason: `line ${firstUnreadableLine(bytes)} is not in UTF-8: save the file as UTF-8 (in Excel: « CSV UTF-8 »; from Windows: iconv -f WINDOWS-1252 -t UTF-8)`,
    }
  }
}

/**
 * The text of a file that the operator made; a byte order mark is removed. The reason of a refusal is a sentence for the
 * operator. A file in another encoding is refused: read as UTF-8 it would lose its accents without a word. `-` is the
 * standard input. Every such file is read here; `test/operator-files.test.ts` holds this.
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
  return decode(bytes)
}

/** Such a reason, as the line that it begins with, where it has one, and the sentence. */
export function reasonWithLine(reason: string): { readonly line: number | null; readonly sentence: string } {
  const [, line, rest] = /^line (\d+) (.*)$/s.exec(reason) ?? []
  return line === undefined
    ? { line: null, sentence: `${reason}.` }
    : { line: Number(line), sentence: `${rest}.` }
}

/** The text of a file that a setting names. Its faults were told when the settings were loaded (`config/file-problems.ts`). */
export const readNamedText = (file: string) => {
  const read = readOperatorText(file)
  if (read.ok) return read.text
  throw new OperatorError('file', `${file}: ${read.reason}.`)
}

/** A secret: the content of its file, without the line ends that editors and shells add. */
export const readSecret = (file: string) => readNamedText(file).replace(/[\r\n]+$/, '')
