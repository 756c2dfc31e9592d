import { z } from 'zod'
import { configuration } from './config.ts'

type JsonSchema = {
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly items?: JsonSchema
  readonly oneOf?: readonly JsonSchema[]
  readonly anyOf?: readonly JsonSchema[]
}

const variantsOf = (schema: JsonSchema): readonly JsonSchema[] => [
  schema,
  ...[...(schema.oneOf ?? []), ...(schema.anyOf ?? [])].flatMap(variantsOf),
]

const inside = (schemas: readonly JsonSchema[], name: string) =>
  schemas.flatMap(schema => {
    const inner = /^\d+$/.test(name) ? schema.items : schema.properties?.[name]
    return inner ? variantsOf(inner) : []
  })

const namesIn = (schemas: readonly JsonSchema[]) => [
  ...new Set(schemas.flatMap(({ properties }) => Object.keys(properties ?? {}))),
]

/** The path of every setting, to find one that was written in the wrong section. */
const pathsIn = (schemas: readonly JsonSchema[], under = ''): readonly string[] =>
  namesIn(schemas).flatMap(name => {
    const path = `${under}${name}`
    return [path, ...pathsIn(inside(schemas, name), `${path}.`)]
  })

/** The number of letters to add, remove or replace (Levenshtein). */
const distance = (first: string, second: string) => {
  let row = Array.from({ length: second.length + 1 }, (_, index) => index)
  for (const [index, letter] of [...first].entries()) {
    const next = [index + 1]
    for (const [place, other] of [...second].entries())
      next.push(
        Math.min(
          (next[place] ?? 0) + 1,
          (row[place + 1] ?? 0) + 1,
          (row[place] ?? 0) + (letter === other ? 0 : 1),
        ),
      )
    row = next
  }
  return row[second.length] ?? 0
}

/** A third of the letters may differ: more would suggest an unrelated setting. */
export const nearest = (name: string, candidates: readonly string[]) => {
  const [best] = candidates
    .map(candidate => ({ candidate, far: distance(name.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ far, candidate }) => far <= Math.ceil(Math.max(name.length, candidate.length) / 3))
    .sort((a, b) => a.far - b.far)
  return best?.candidate
}

/** Says which setting was probably meant by a name that is not known in its section. */
export const unknownSetting = (section: readonly PropertyKey[], name: string) => {
  const whole = variantsOf(
    z.toJSONSchema(configuration, { io: 'input', unrepresentable: 'any' }) as JsonSchema,
  )
  const siblings = namesIn(section.map(String).reduce(inside, whole))
  const near = nearest(name, siblings)
  const meant = near ?? pathsIn(whole).find(path => path.endsWith(`.${name}`))
  const hint = meant ? `Did you mean \`${meant}\`?` : 'docs/reference/configuration.md has all of them.'
  return `\`${name}\` is not a setting here. ${hint}`
}
