import type { z } from 'zod'
import { nearest, unknownSetting } from './unknown-settings.ts'

/** One problem of the configuration: its path, and what to write instead. */
export type ConfigProblem = { readonly path: string; readonly sentence: string }

type Issue = z.core.$ZodIssue

const pathOf = (path: readonly PropertyKey[]) => path.map(String).join('.') || '(file)'

const isObject = (value: unknown) => typeof value === 'object' && value !== null

/** One of a few words was expected: they, and the one that was probably meant. */
const oneOf = (values: readonly unknown[], written: unknown) => {
  const names = values.map(String)
  if (written === undefined) return `is missing: it is ${names.join(' or ')}.`
  const near = typeof written === 'string' ? nearest(written, names) : undefined
  return `must be ${names.join(' or ')}.${near ? ` Did you mean \`${near}\`?` : ''}`
}

const kinds: Readonly<Record<string, string>> = {
  boolean: 'must be true or false.',
  array: 'must be a list: [one, another].',
  object: 'must hold settings of its own, each a line `name: value`.',
  record: 'must hold settings of its own, each a line `name: value`.',
}

/** YAML takes a value without quotes for a number, for true or for nothing, where a text was meant: a telephone loses its first 0. */
const wrongKind = (expected: string, written: unknown) => {
  if (written === undefined) return 'is missing.'
  if (written === null) return 'is empty: give its value, or take it out.'
  if (expected === 'string' && !isObject(written))
    return 'must be a text: write it between quotes, or YAML takes it for something else.'
  if (expected === 'number' || expected === 'int')
    return typeof written === 'string' && /^-?\d+$/.test(written)
      ? 'must be a number: write it without quotes.'
      : 'must be a whole number.'
  return kinds[expected] ?? 'must be a text.'
}

const bounded = (origin: string, bound: string, amount: number | bigint) => {
  if (origin === 'number' || origin === 'int') return `must be ${bound} ${amount}.`
  return `must have ${bound} ${amount}${origin === 'string' ? ' characters' : ''}.`
}

const limitOf = (issue: Issue) => {
  if (issue.code === 'too_small')
    return bounded(issue.origin, issue.inclusive ? 'at least' : 'more than', issue.minimum)
  if (issue.code === 'too_big')
    return bounded(issue.origin, issue.inclusive ? 'at most' : 'less than', issue.maximum)
  return null
}

const sentenceOf = (issue: Issue): string => {
  const { code, input } = issue
  if (code === 'invalid_type') return wrongKind(issue.expected, input)
  if (code === 'invalid_value') return oneOf(issue.values, input)
  if (code === 'invalid_format' && issue.format === 'url')
    return 'must be an address that begins with https://, for example https://sesame.univ.example.'
  return limitOf(issue) ?? issue.message
}

/** The settings of a kind: `kind` itself is wrong or missing, and decides about all others. */
const wrongKindOf = (issue: Extract<Issue, { code: 'invalid_union' }>) => {
  // zod lists them, and its type of the issue does not.
  const { discriminator, options, path, input } = issue as typeof issue & { options?: unknown }
  if (typeof discriminator !== 'string' || !Array.isArray(options)) return null
  const section = path.at(-1) === discriminator ? path.slice(0, -1) : path
  const written = isObject(input) ? (input as Record<string, unknown>)[discriminator] : input
  return { path: pathOf([...section, discriminator]), sentence: oneOf(options, written) }
}

/** The form that the operator probably meant: the one in which the fewest things are wrong, and none at the top. */
const likeliest = (forms: readonly (readonly Issue[])[]) =>
  forms.toSorted(
    (a, b) =>
      Number(a.some(({ path }) => path.length === 0)) - Number(b.some(({ path }) => path.length === 0)) ||
      a.length - b.length,
  )[0] ?? []

/** The problems that a fault of the schema stands for: one for each unknown setting, with the one that was probably meant. */
export const problemsOf = (issue: Issue): ConfigProblem[] => {
  const { path } = issue
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map(key => ({ path: pathOf(path), sentence: unknownSetting(path, key) }))
  if (issue.code === 'invalid_union') {
    const kind = wrongKindOf(issue)
    if (kind) return [kind]
    return likeliest(issue.errors).flatMap(inner => problemsOf({ ...inner, path: [...path, ...inner.path] }))
  }
  return [{ path: pathOf(path), sentence: sentenceOf(issue) }]
}
