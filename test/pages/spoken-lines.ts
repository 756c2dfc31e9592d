import type { CDPSession } from 'playwright-core'
import type { Language } from '../../src/texts/texts.ts'
import { isSpokenWord, type SpokenWord, spokenWords } from './spoken-words.ts'

type Value = { readonly value?: unknown }
type TreeNode = {
  readonly nodeId: string
  readonly parentId?: string
  readonly ignored: boolean
  readonly role?: Value
  readonly name?: Value
  readonly description?: Value
  readonly value?: Value
  readonly properties?: readonly { readonly name: string; readonly value: Value }[]
  readonly childIds?: readonly string[]
}

/** What Chromium calls otherwise than ARIA. */
const ariaRoles: Readonly<Record<string, string>> = {
  RootWebArea: 'page',
  DisclosureTriangle: 'button',
  DisclosureTriangleGrouped: 'button',
  gridcell: 'cell',
  LayoutTableCell: 'cell',
  img: 'image',
}

/** Said with their whole content as their name: what is inside is not said again. */
const whole: readonly string[] = ['link', 'button', 'textbox', 'searchbox', 'checkbox', 'radio', 'image']

/** The same, but for the links and buttons inside. */
const titled: readonly string[] = ['heading', 'cell', 'rowheader', 'columnheader']

/** Said where they begin, and only if they have a name. */
const namedOnly: readonly string[] = ['group', 'region', 'radiogroup']

const textOf = (value: Value | undefined) =>
  String(value?.value ?? '')
    .replace(/\s+/gu, ' ')
    .trim()

type Reader = {
  readonly words: Readonly<Record<SpokenWord, string>>
  readonly nodes: ReadonlyMap<string, TreeNode>
}

const childrenOf = ({ nodes }: Reader, node: TreeNode) =>
  (node.childIds ?? []).flatMap(id => nodes.get(id) ?? [])

const roleOf = (node: TreeNode) => {
  const role = textOf(node.role)
  return ariaRoles[role] ?? role
}

const stateWords = ({ words }: Reader, node: TreeNode, role: SpokenWord): string[] => {
  const state = Object.fromEntries((node.properties ?? []).map(({ name, value }) => [name, value.value]))
  const checked = String(state.checked ?? '') === 'true' ? words.checked : words.unchecked
  return [
    state.required ? words.required : '',
    String(state.invalid ?? 'false') === 'false' ? '' : words.invalid,
    role === 'checkbox' || role === 'radio' ? checked : '',
    state.expanded === undefined ? '' : state.expanded ? words.expanded : words.collapsed,
  ]
}

/** Items of a list, through the boxes that are not said. */
const itemsIn = (reader: Reader, node: TreeNode): number =>
  childrenOf(reader, node).reduce(
    (sum, child) => sum + (roleOf(child) === 'listitem' ? 1 : child.ignored ? itemsIn(reader, child) : 0),
    0,
  )

const roleText = (reader: Reader, node: TreeNode, role: SpokenWord) => {
  const word = reader.words[role]
  if (role === 'list') return `${word} ${itemsIn(reader, node)}`
  if (role !== 'heading') return word
  const level = node.properties?.find(({ name }) => name === 'level')?.value.value
  return `${word} ${String(level ?? '')}`
}

/** « champ de saisie, Votre réponse, obligatoire, description : … ». */
const lineOf = (reader: Reader, node: TreeNode, role: SpokenWord) => {
  const described = textOf(node.description)
  const typed = role === 'textbox' || role === 'searchbox' ? textOf(node.value) : ''
  return [
    roleText(reader, node, role),
    textOf(node.name),
    ...stateWords(reader, node, role),
    typed && `${reader.words.value}${typed}`,
    described && `${reader.words.described}${described}`,
  ]
    .filter(Boolean)
    .join(', ')
}

/** `plain`: text, without a role. `open`: the next piece of text may continue it. */
type Line = {
  readonly text: string
  readonly depth: number
  readonly plain?: boolean
  readonly open?: boolean
}

/** Pieces that the style of the page sets on two lines are two words; an address that may break after its @ is one. */
const gapBetween = (before: string, after: string) =>
  /[\s@]$/.test(before) || /^[\s,.;:)]/.test(after) ? '' : ' '

/** Pieces of one paragraph are said in one breath. */
const joined = (lines: readonly Line[]): Line[] => {
  const all: Line[] = []
  for (const line of lines) {
    const last = all.at(-1)
    if (!last?.open || !line.open) all.push(line)
    else all[all.length - 1] = { ...last, text: last.text + gapBetween(last.text, line.text) + line.text }
  }
  return all
}

const inline: readonly string[] = ['strong', 'emphasis', 'code', 'generic', 'none', 'LayoutTable']

const linesOf = (reader: Reader, node: TreeNode, depth: number): Line[] => {
  const role = roleOf(node)
  if (role === 'StaticText') return [{ text: String(node.name?.value ?? ''), depth, plain: true, open: true }]
  if (role === 'InlineTextBox' || role === 'ListMarker') return []
  const inside = (deeper: number) => childrenOf(reader, node).flatMap(child => linesOf(reader, child, deeper))
  if (node.ignored || inline.includes(role)) return inside(depth)
  const isSilent = !isSpokenWord(role) || (namedOnly.includes(role) && textOf(node.name) === '')
  const content = joined(inside(isSilent ? depth : depth + 1)).map(line => ({ ...line, open: false }))
  if (isSilent) return content
  const said = { text: lineOf(reader, node, role), depth }
  if (whole.includes(role)) return [said]
  return [said, ...content.filter(({ plain }) => !(plain && titled.includes(role)))]
}

/** The accessibility tree of the page that is shown, line by line as a screen reader says it from the top to the end. */
export const spokenLines = async (session: CDPSession, language: Language): Promise<string> => {
  const { nodes } = (await session.send('Accessibility.getFullAXTree')) as { nodes: TreeNode[] }
  const reader: Reader = {
    words: spokenWords(language),
    nodes: new Map(nodes.map(node => [node.nodeId, node])),
  }
  const root = nodes.find(({ parentId }) => parentId === undefined)
  const lines = root ? linesOf(reader, root, 0) : []
  return `${lines
    .map(({ text, depth }) => ({ depth, text: text.replace(/\s+/gu, ' ').trim() }))
    .filter(({ text }) => text !== '')
    .map(({ text, depth }) => '  '.repeat(depth) + text)
    .join('\n')}\n`
}
