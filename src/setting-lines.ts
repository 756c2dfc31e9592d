/** The settings of `sesame.yaml` as lines of a table, in the words of a language. */
export type JsonSchema = {
  readonly type?: string
  readonly description?: string
  readonly default?: unknown
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
  readonly items?: JsonSchema
  readonly oneOf?: readonly JsonSchema[]
  readonly anyOf?: readonly JsonSchema[]
}

type Words = {
  readonly listOf: string
  readonly or: string
  /** What the page says of a setting, from its path and its description in English. */
  readonly say: (path: string, description: string) => string
}

/** A text as a cell of a table. */
export const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', ' ')

const typeOf = (schema: JsonSchema, words: Words): string => {
  if (schema.const !== undefined) return `\`${String(schema.const)}\``
  if (schema.enum) return schema.enum.map(value => `\`${String(value)}\``).join(` ${words.or} `)
  if (schema.type === 'array') return `${words.listOf} ${typeOf(schema.items ?? {}, words)}`
  return schema.type ?? ''
}

const defaultText = (value: unknown) =>
  value === undefined || (typeof value === 'object' && !Array.isArray(value))
    ? ''
    : `\`${JSON.stringify(value)}\``

const childOf = (value: unknown, name: string): unknown =>
  value !== null && typeof value === 'object' ? (value as Record<string, unknown>)[name] : undefined

const lineOf = (path: string, schema: JsonSchema, fallback: unknown, words: Words) =>
  `| \`${path}\` | ${cell(typeOf(schema, words))} | ${cell(defaultText(fallback))} | ${cell(words.say(path, schema.description ?? ''))} |`

/** One line per setting; the variants of a section (kinds of directory, of mail) come one after the other. `[]`: of each one of a list. */
const settingsOf = (
  schema: JsonSchema,
  words: Words,
  under = '',
  defaults: unknown = schema.default,
): string[] => {
  const variants = schema.oneOf ?? schema.anyOf
  if (variants?.some(({ properties }) => properties))
    return variants.flatMap(variant => settingsOf(variant, words, under))
  return Object.entries(schema.properties ?? {}).flatMap(([name, inner]) => {
    const path = under ? `${under}.${name}` : name
    const fallback = childOf(defaults, name) ?? inner.default
    if (inner.items)
      return [lineOf(path, inner, fallback, words), ...settingsOf(inner.items, words, `${path}[]`)]
    const nested = settingsOf(inner, words, path, fallback)
    return nested.length > 0 ? nested : [lineOf(path, inner, fallback, words)]
  })
}

/** Every setting but the limits, which have a page of their own. */
export const settingLines = ({ properties = {}, ...schema }: JsonSchema, words: Words) => {
  const { limits: _, ...others } = properties
  return settingsOf({ ...schema, properties: others }, words)
}
