import { basename } from 'node:path'
import { IntlMessageFormat } from 'intl-messageformat'
import { parseSync } from 'oxc-parser'
import { describe, expect, it } from 'vitest'
import { isTextKey, sourceText, type TextKey } from '../src/texts/texts.ts'
import { codeOf } from './vocabulary.ts'
import { root } from './world/root.ts'

type Element = { readonly type: number; readonly value?: unknown; readonly options?: Record<string, Option> }
type Option = { readonly value: readonly Element[] }
/** Text and `#` name no value; everything else does, and plurals hold further texts. */
const namesOf = (elements: readonly Element[]): string[] =>
  elements.flatMap(({ type, value, options = {} }) => [
    ...(type === 0 || type === 7 ? [] : [String(value)]),
    ...Object.values(options).flatMap(option => namesOf(option.value)),
  ])
const valuesOf = (key: TextKey) => [
  ...new Set(
    namesOf(
      new IntlMessageFormat(sourceText(key), 'fr', undefined, { ignoreTag: true }).getAst() as Element[],
    ),
  ),
]

type Node = { readonly type: string } & Record<string, unknown>
const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && 'type' in value

const keysIn = (value: unknown): string[] => {
  if (!isNode(value)) return []
  if (value.type === 'ConditionalExpression') return [...keysIn(value.consequent), ...keysIn(value.alternate)]
  return value.type === 'Literal' && typeof value.value === 'string' ? [value.value] : []
}

/** The names that an object literal gives; `null` when the call passes an object made elsewhere. */
const namesGiven = (value: unknown): string[] | null => {
  if (value === undefined) return []
  if (!isNode(value) || value.type !== 'ObjectExpression') return null
  const properties = value.properties as Node[]
  if (properties.some(({ type }) => type === 'SpreadElement')) return null
  return properties.map(({ key }) => String((key as Node).name ?? (key as Node).value))
}

type SayCall = { readonly key: TextKey; readonly given: readonly string[] }

const sayCallsAt = (node: Node): SayCall[] => {
  if (node.type !== 'CallExpression') return []
  const callee = node.callee as Node
  const name = callee.name ?? (callee.property as Node | undefined)?.name
  const [first, second] = node.arguments as unknown[]
  const given = name === 'say' ? namesGiven(second) : null
  return given
    ? keysIn(first)
        .filter(isTextKey)
        .map(key => ({ key, given }))
    : []
}

/** Every `say('key', { name: value })` under this node of the syntax tree. */
const sayCallsIn = (value: unknown): SayCall[] => {
  if (Array.isArray(value)) return value.flatMap(sayCallsIn)
  if (!isNode(value)) return []
  const children = Object.entries(value).filter(([name]) => name !== 'parent')
  return [...sayCallsAt(value), ...children.flatMap(([, child]) => sayCallsIn(child))]
}

/**
 * A sentence whose value is not given throws when it is said, which answers 500, and no type connects the `{name}` of a text
 * with the values of the call.
 */
describe('the texts', () => {
  it('get every value that they name, wherever they are said', () => {
    const calls = codeOf(root)
      .filter(({ path }) => path.startsWith('src/'))
      .flatMap(({ path, text }) =>
        sayCallsIn(parseSync(basename(path), text).program).map(call => ({ ...call, path })),
      )
    expect(calls.length).toBeGreaterThan(400)
    const lacking = calls.flatMap(({ path, key, given }) =>
      valuesOf(key)
        .filter(name => !given.includes(name))
        .map(name => `${path}: « ${key} » is said without { ${name} }`),
    )
    expect(lacking).toEqual([])
  })
})
