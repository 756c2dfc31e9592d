import IntlMessageFormat from 'intl-messageformat'
import { locales } from './locales.ts'
import { type Language, sourceText, type TextKey } from './texts.ts'

/** An element of a parsed message, of which this much is needed here. */
type Element = {
  readonly type: number
  readonly value?: unknown
  readonly options?: Readonly<Record<string, { readonly value: readonly Element[] }>>
}

/** The types of elements (`@formatjs/icu-messageformat-parser`). */
const [literal, argument, choice, plural, pound] = [0, 1, 5, 6, 7]

/** A placeholder of a text: its name, its form (a value, a plural, a choice), and the names of what it chooses from. */
type Placeholder = { readonly name: string; readonly form: number; readonly options: readonly string[] }

const placeholdersIn = (elements: readonly Element[]): readonly Placeholder[] =>
  elements.flatMap(({ type, value, options = {} }) => [
    ...(type === literal || type === pound
      ? []
      : [{ name: String(value), form: type, options: Object.keys(options) }]),
    ...Object.values(options).flatMap(option => placeholdersIn(option.value)),
  ])

/** The message as it will be said: with the typography of its language. */
const messageOf = (text: string, language: Language) => {
  const { formats, typeset } = locales[language]
  return new IntlMessageFormat(typeset(text), formats, undefined, { ignoreTag: true })
}

const placeholdersOf = (message: IntlMessageFormat) => placeholdersIn(message.getAst() as Element[])

/** Texts that are the default of a setting: nothing else says them. */
export const settingOfText = (key: string) => {
  if (key === 'helpdesk.hours') return 'branding.helpdesk.hours'
  return /^service\..+\.(name|use)$/.test(key) ? 'services' : null
}

/** Long enough for any sentence that replaces one of the product, and short enough for a page on a telephone. */
const longestFor = (product: string) => Math.max(300, 3 * product.length)

/** Tags and entities are shown as they are typed, since every sentence is escaped. */
const markup = /<\/?[a-z!?][^>]*>?|&(?:#x?[\da-f]+|[a-z][a-z\d]*);/i

/** Marks of direction, zero-width spaces, soft hyphens, controls: nobody sees them, and some rearrange what is beside them. */
const invisible = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/u

const codePoint = (character: string) =>
  `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`

/** What no text of the institution holds, unless the product’s has it. */
export function lineFault(text: string, product = ''): string | null {
  const [tag] = markup.exec(text) ?? []
  if (tag !== undefined) return `holds « ${tag} »: a sentence is text, without tags and entities.`
  const hidden = [...text].find(character => invisible.test(character) && !product.includes(character))
  if (hidden === '\n') return 'holds a line break: write it on one line.'
  return hidden === undefined ? null : `holds an invisible character (${codePoint(hidden)}): take it out.`
}

function writingFault(product: string, text: string): string | null {
  if (text.trim() === '') return 'is empty: write a sentence, or take the line out.'
  const longest = longestFor(product)
  if (text.length > longest) return `has ${text.length} characters, and ${longest} at most fit here.`
  return lineFault(text, product)
}

const braced = (names: readonly string[]) => names.map(name => `{${name}}`).join(', ')
const unique = <Value>(values: readonly Value[]) => [...new Set(values)]

/** Names that only one of the two has: a value that nothing fills in, or one that people would not read. */
function nameFault(product: readonly Placeholder[], own: readonly Placeholder[]): string | null {
  const [known, used] = [product, own].map(all => unique(all.map(({ name }) => name)))
  const foreign = used?.filter(name => !known?.includes(name)) ?? []
  if (foreign.length > 0)
    return `has ${braced(foreign)}, which nothing fills in: ${known?.length ? `there is ${braced(known)}` : 'the product’s sentence has no placeholder'}.`
  const lacking = known?.filter(name => !used?.includes(name)) ?? []
  return lacking.length > 0 ? `lacks ${braced(lacking)}, which the product’s sentence has.` : null
}

/** A count may be shown as it is or in a plural; a choice stays a choice, between the same options. */
function formFault(product: readonly Placeholder[], own: readonly Placeholder[]): string | null {
  for (const { name, form, options } of own) {
    const same = product.filter(other => other.name === name)
    const fits = same.some(other => other.form === form || (form === argument && other.form === plural))
    if (!fits) return `uses {${name}} in another form than the product’s sentence does.`
    const known = same.flatMap(other => other.options)
    const foreign = form === choice ? options.filter(option => !known.includes(option)) : []
    if (foreign.length > 0)
      return `has ${foreign.map(option => `« ${option} »`).join(', ')} in {${name}}: it is ${unique(known).join(' or ')}.`
  }
  return null
}

/** Each value that the product may give: counts of none, one and several, and every option of a choice. */
const samplesOf = (placeholders: readonly Placeholder[]) =>
  [0, 1, 2, 5].map((count, at) =>
    Object.fromEntries(
      placeholders.map(({ name, form, options }) => [
        name,
        form === plural ? count : (options[at % Math.max(1, options.length)] ?? 'value'),
      ]),
    ),
  )

function messageFault(product: string, text: string, language: Language): string | null {
  const known = placeholdersOf(messageOf(product, language))
  try {
    const message = messageOf(text, language)
    const own = placeholdersOf(message)
    const fault = nameFault(known, own) ?? formFault(known, own)
    if (fault === null) for (const sample of samplesOf(known)) message.format(sample)
    return fault
  } catch {
    return 'has braces that belong to no placeholder, or a placeholder that is not complete: copy those of the product’s sentence.'
  }
}

/** Why this text cannot replace the product’s sentence of this key, to follow the key; `null`: it can be said with any values. */
export function ownTextFault(key: TextKey, language: Language, text: string): string | null {
  const setting = settingOfText(key)
  if (setting) return `is the default of a setting: give \`${setting}\` in sesame.yaml instead.`
  const product = sourceText(key, language)
  return writingFault(product, text) ?? messageFault(product, text, language)
}
