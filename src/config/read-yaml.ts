import { type Document, isNode, LineCounter, parseDocument, type YAMLParseError } from 'yaml'
import { readOperatorText } from '../operator-file.ts'

export type YamlFile = {
  readonly value: Record<string, unknown>
  /** The line of a setting such as `branding.accent`; `null`: the file has it not. */
  readonly lineOf: (path: string) => number | null
}
export type YamlResult = YamlFile | { readonly sentence: string }

const isRecord = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === 'object' && !Array.isArray(value)

function lineIn(document: Document, lines: LineCounter, path: string): number | null {
  const node = document.getIn(path.split('.'), true)
  return isNode(node) && node.range ? lines.linePos(node.range[0]).line : null
}

/**
 * The settings of a YAML file. One fault makes the parser report several, and the schema even more, so only the first is
 * returned. Its excerpt of the file is left out.
 */
export const readYaml = (file: string): YamlResult => {
  const read = readOperatorText(file)
  if (!read.ok) return { sentence: `${file} ${read.reason}.` }
  try {
    const lines = new LineCounter()
    const document = parseDocument(read.text, { prettyErrors: true, lineCounter: lines })
    const [fault] = document.errors
    if (fault) return { sentence: sentenceOf(fault) }
    const value = document.toJS() ?? {}
    if (isRecord(value)) return { value, lineOf: path => lineIn(document, lines, path) }
    return { sentence: 'holds no settings: each has a line of its own, `name: value`.' }
  } catch (fault) {
    return { sentence: sentenceOf(fault as Error) }
  }
}

/** The line of a fault, and what it is, without its position. */
export const yamlFault = (fault: YAMLParseError) => ({
  line: fault.linePos?.[0].line ?? 1,
  sentence: sentenceOf(fault).replace(/ at line \d+(?:, column \d+)?/, ''),
})

/** What the parser says where a sign of YAML stands in a value without quotes. */
const perhapsQuotes = /^(Plain value|Block collections|Nested mappings|Flow map|Missing closing)/

const sentenceOf = ({ message }: Error) => {
  if (/multiple documents/.test(message))
    return `holds several documents: take out the line « --- » between them${/ at line \d+/.exec(message)?.[0] ?? ''}.`
  const first = `${(message.split('\n')[0] ?? '').replace(/:$/, '')}.`
  return perhapsQuotes.test(message)
    ? `${first} Perhaps a value there needs quotes, as every value with : # @ % { or [ does.`
    : first
}
