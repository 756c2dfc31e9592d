import { readFileSync } from 'node:fs'
import createBidi from 'bidi-js'
import { create, type Font } from 'fontkit'

const bidi = createBidi()

/** The scripts of which the letters are known to be drawn right: `test/letters.test.ts` compares them with a browser's. */
const printableScripts = ['Latin', 'Greek', 'Cyrillic', 'Armenian', 'Georgian', 'Hebrew', 'Arabic']
const printable = new RegExp(
  `^(?:${printableScripts.map(script => `\\p{Script_Extensions=${script}}`).join('|')}|(?=[\\p{Script=Common}\\p{Script=Inherited}])[\\p{L}\\p{M}\\p{N}\\p{P}\\p{Zs}+|\`´°€\u200C\u200D])$`,
  'u',
)

/** Marks of direction are obeyed, and drawn as nothing. */
const invisible = /[\u200E\u200F\u061C\u202A-\u202E\u2066-\u2069\u00AD\u200B\u2060\uFEFF]/gu

const rightToLeft = /[\p{Script=Arabic}\p{Script=Hebrew}]/u

/**
 * fontkit takes the direction from the script alone (bpampuch/pdfmake#2592). Where the line has another one, each character is a
 * piece: figures of Persian, which run from left to right, and signs between words that run from right to left.
 */
const inDirection = (run: string, isRightToLeft: boolean): readonly string[] => {
  if (run === '' || rightToLeft.test(run) === isRightToLeft) return run === '' ? [] : [run]
  return isRightToLeft ? [...run].reverse() : [...run]
}

/** The pieces of a line that run in one direction, as they stand from left to right (Unicode Annex 9). */
const runsOf = (line: string): readonly string[] => {
  const embedding = bidi.getEmbeddingLevels(line, 'auto')
  const mirrored = bidi.getMirroredCharactersMap(line, embedding.levels)
  const runs: { from: number; to: number; level: number }[] = []
  for (const index of bidi.getReorderedIndices(line, embedding)) {
    const level = embedding.levels[index] ?? 0
    const last = runs.at(-1)
    const isNext = last && last.level === level && (level % 2 ? index === last.from - 1 : index === last.to)
    if (!isNext) runs.push({ from: index, to: index + 1, level })
    else if (level % 2) last.from = index
    else last.to = index + 1
  }
  return runs.flatMap(({ from, to, level }) => {
    const characters = Array.from(
      { length: to - from },
      (_, offset) => mirrored.get(from + offset) ?? line[from + offset],
    )
    return inDirection(characters.join('').replace(invisible, ''), level % 2 === 1)
  })
}

const codePointOf = (character: string) => character.codePointAt(0) ?? 0

/** Most of a letter is the same as of the one before. */
const maxMeasured = 2000

const createLetterFont = (bytes: Buffer) => {
  const font = create(bytes) as Font
  const measured = new Map<string, number>()
  const widthOfRun = (run: string, size: number) => {
    const width = measured.get(run) ?? font.layout(run, []).advanceWidth / font.unitsPerEm
    if (measured.size > maxMeasured) measured.clear()
    measured.set(run, width)
    return width * size
  }
  return {
    /** The file of the font, which the PDF embeds in part. */
    bytes,
    /** Composed letters, which the font draws better than a letter and its accent. */
    prepared: (text: string) => text.normalize('NFC'),
    runsOf,
    widthOfRun,
    widthOf: (line: string, size: number) =>
      runsOf(line).reduce((width, run) => width + widthOfRun(run, size), 0),
    /** The characters of this text that cannot be drawn right: the font lacks them, or their script is not known to be shaped. */
    unprintable: (text: string): readonly string[] => [
      ...new Set(
        [...text.normalize('NFC').replace(invisible, '')].filter(
          character => !(printable.test(character) && font.hasGlyphForCodePoint(codePointOf(character))),
        ),
      ),
    ],
  }
}

export type LetterFont = ReturnType<typeof createLetterFont>

/** The font of the printed letters, with which each line is shaped and measured. */
export const openLetterFont = (file: string): LetterFont => createLetterFont(readFileSync(file))

/** `U+5F20 U+4F1F`: what is told of a name that cannot be printed. */
export const codePointsOf = (characters: readonly string[]) =>
  characters
    .map(character => `U+${codePointOf(character).toString(16).toUpperCase().padStart(4, '0')}`)
    .join(' ')
