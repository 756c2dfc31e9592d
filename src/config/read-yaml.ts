import { parseDocument } from 'yaml'
import { readOperatorText } from '../operator-file.ts'

export type YamlResult = { readonly value: Record<string, unknown> } | { readonly sentence: string }

const isRecord = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === 'object' && !Array.isArray(value)

/**
 * The settings of a YAML file. One fault makes the parser report several, and the schema even more, so only the first is
 * returned. Its excerpt of the file is left out.
 */
export const readYaml = (file: string): YamlResult => {
  const read = readOperatorText(file)
  if (!read.ok) return { sentence: `${file} ${read.reason}.` }
  try {
    const document = parseDocument(read.text, { prettyErrors: true })
    const [fault] = document.errors
    if (fault) return { sentence: sentenceOf(fault) }
    const value = document.toJS() ?? {}
    if (isRecord(value)) return { value }
    return { sentence: 'holds no settings: each has a line of its own, `name: value`.' }
  } catch (fault) {
    return { sentence: sentenceOf(fault as Error) }
  }
}

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
