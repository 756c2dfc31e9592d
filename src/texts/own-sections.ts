import { locales } from './locales.ts'
import { lineFault } from './own-text.ts'
import { inEachLanguage, type Language } from './texts.ts'

export type OwnBlock =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'list'; readonly items: readonly string[] }

/** A section that the institution adds to a page of the help. */
export type OwnSection = { readonly heading: string; readonly blocks: readonly OwnBlock[] }

/** By the name of the page in its URL. */
export type OwnHelp = Readonly<Record<Language, ReadonlyMap<string, readonly OwnSection[]>>>

export const noOwnHelp: OwnHelp = inEachLanguage(() => new Map())

type LineFault = { readonly line: number; readonly sentence: string }

/** A page of the help with them stays as small as others on a telephone. */
const longest = 4000

type LineKind = 'heading' | 'item' | 'text' | 'blank'
type Line = { readonly at: number; readonly kind: LineKind; readonly text: string }

const readLine = (written: string, index: number): Line => {
  const line = { at: index + 1 }
  if (written.startsWith('# ')) return { ...line, kind: 'heading', text: written.slice(2).trim() }
  if (written.startsWith('- ')) return { ...line, kind: 'item', text: written.slice(2).trim() }
  return written === '' ? { ...line, kind: 'blank', text: '' } : { ...line, kind: 'text', text: written }
}

function faultOf({ kind, text }: Line, isInSection: boolean): string | null {
  if (kind === 'blank') return null
  if (kind !== 'heading' && !isInSection)
    return 'comes before the first heading: a section begins with « # ».'
  if (/^#+/.test(text)) return 'begins with « # » and is no heading: « # », a space, and its words.'
  return lineFault(text)
}

function faultsOf(lines: readonly Line[]): readonly LineFault[] {
  const first = lines.find(({ kind }) => kind === 'heading')?.at ?? Number.POSITIVE_INFINITY
  return lines.flatMap(line => {
    const sentence = faultOf(line, line.at >= first)
    return sentence ? [{ line: line.at, sentence }] : []
  })
}

/** The block with the line that goes on with its paragraph or its last item. */
const continued = (block: OwnBlock, text: string): OwnBlock =>
  block.kind === 'text'
    ? { kind: 'text', text: `${block.text} ${text}` }
    : { kind: 'list', items: [...block.items.slice(0, -1), `${block.items.at(-1)} ${text}`] }

/** `last`: the block before, unless the line begins another. */
function blockOf({ kind, text }: Line, last: OwnBlock | undefined): OwnBlock {
  if (kind === 'item') return { kind: 'list', items: [...(last?.kind === 'list' ? last.items : []), text] }
  return last ? continued(last, text) : { kind: 'text', text }
}

/** A line goes on with the block before it, unless a blank line is between them; items of one list may have blank lines between them. */
function blocksOf(lines: readonly Line[]): readonly OwnBlock[] {
  const blocks: OwnBlock[] = []
  for (const [index, line] of lines.entries()) {
    if (line.kind === 'blank') continue
    const last = blocks.at(-1)
    const goesOn =
      line.kind === 'item' ? last?.kind === 'list' : index > 0 && lines[index - 1]?.kind !== 'blank'
    const before = goesOn ? last : undefined
    if (before) blocks.pop()
    blocks.push(blockOf(line, before))
  }
  return blocks
}

const typesetBlock = (block: OwnBlock, typeset: (text: string) => string): OwnBlock =>
  block.kind === 'text'
    ? { kind: 'text', text: typeset(block.text) }
    : { kind: 'list', items: block.items.map(typeset) }

/** The sections of a file, with the typography of its language; none where it has a fault. */
export function readOwnSections(
  written: string,
  language: Language,
): { readonly sections: readonly OwnSection[]; readonly faults: readonly LineFault[] } {
  const { typeset } = locales[language]
  const lines = written.split(/\r?\n/).map((line, index) => readLine(line.trim(), index))
  const faults =
    written.length > longest
      ? [{ line: 1, sentence: `The file has ${written.length} characters, of ${longest} at most.` }]
      : faultsOf(lines)
  if (faults.length > 0) return { sections: [], faults }
  const starts = lines.flatMap(({ kind }, index) => (kind === 'heading' ? [index] : []))
  return {
    faults,
    sections: starts.map((start, nth) => ({
      heading: typeset(lines[start]?.text ?? ''),
      blocks: blocksOf(lines.slice(start + 1, starts[nth + 1])).map(block => typesetBlock(block, typeset)),
    })),
  }
}
