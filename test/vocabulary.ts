import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { parseSync } from 'oxc-parser'

/**
 * Words that this code once used for things that have a usual name. A reader must look up `crew`, but not `workerPool`.
 * `docs/glossary.md` has the words that stay. Only names are checked: comments, documents and texts are not.
 */
const bannedWords = new Set(
  `house houses road roads spot spots crew pulse manner lamp tongue tongues dress goer goers hunter belief beliefs
  tell tells told telling untold asker wished whereabouts onward ajar niche door doors stand stands standing
  standings beat beats epochs spellings`.split(/\s+/),
)

/** Names that do not say what they are, or that mean something else to a reader who knows the field. */
const bannedNames = new Set(
  `Ask Answer Place Stand Letter Site Outside Instants Instant Reach Reading Links Holder Asking Given Said Shown
  Taken Tried Ran Wrote Bound Carried Kept Lacking Closing Rig Party Album NamesThere HowLong Entering Held
  letGo alone justSeen onTheLine takeTurn followOther placeWithout standIn placeIn carryOut entering comingBack
  leaving away whoYouAre settledSoon inThatSecond mayReset turnsAt hands`.split(/\s+/),
)

/** `aNameOf-this_kind2` → its words. */
const wordsOf = (name: string) =>
  name
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter(Boolean)

/** The doors that are drawn on the pages are doors. */
const drawingNames = /^[dD]oor(Drawing|State)/

export const isBanned = (name: string) =>
  !drawingNames.test(name) &&
  (bannedNames.has(name) || /^[A-Z]\w*Parts$/.test(name) || wordsOf(name).some(word => bannedWords.has(word)))

type CodeFile = { readonly path: string; readonly text: string }

type Node = { readonly type: string } & Record<string, unknown>
const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && 'type' in value

const nameOf = (value: unknown): string[] => {
  if (!isNode(value)) return []
  if (value.type === 'Identifier') return [String(value.name)]
  if (value.type === 'ObjectPattern' || value.type === 'ArrayPattern')
    return ((value.properties ?? value.elements) as unknown[]).flatMap(one =>
      isNode(one) ? nameOf(one.value ?? one.argument ?? one) : [],
    )
  return nameOf(value.left ?? value.argument ?? value.parameter)
}

/** Where the syntax tree declares a name: variables, functions, parameters, types, properties. */
const declaring: Readonly<Record<string, (node: Node) => unknown[]>> = {
  VariableDeclarator: ({ id }) => [id],
  FunctionDeclaration: ({ id, params }) => [id, ...(params as unknown[])],
  FunctionExpression: ({ params }) => params as unknown[],
  ArrowFunctionExpression: ({ params }) => params as unknown[],
  TSTypeAliasDeclaration: ({ id }) => [id],
  TSInterfaceDeclaration: ({ id }) => [id],
  ClassDeclaration: ({ id }) => [id],
  PropertyDefinition: ({ key }) => [key],
  MethodDefinition: ({ key }) => [key],
  TSPropertySignature: ({ key }) => [key],
  TSMethodSignature: ({ key }) => [key],
  Property: ({ key, computed }) => (computed ? [] : [key]),
}

/** Every name that this file declares, as often as it does. */
export const declaredNames = ({ path, text }: CodeFile): string[] => {
  const names: string[] = []
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) for (const one of value) visit(one)
    if (!isNode(value)) return
    names.push(...(declaring[value.type]?.(value) ?? []).flatMap(nameOf))
    for (const [key, child] of Object.entries(value)) if (key !== 'parent') visit(child)
  }
  visit(parseSync(basename(path), text).program)
  return names
}

const folders = ['src', 'test', 'bench', 'lab', 'scripts']

/** Every file of code under this root: its path from there, and its text. */
export const codeOf = (root: string): readonly CodeFile[] =>
  folders.flatMap(folder =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter(name => /\.(tsx?|mjs)$/.test(name))
      .map(name => ({ path: join(folder, name), text: readFileSync(join(root, folder, name), 'utf8') })),
  )

/** What the operator writes, and the properties of the theme. */
const textNames = (root: string) => {
  const read = (path: string, names: RegExp) =>
    [...readFileSync(join(root, path), 'utf8').matchAll(names)].map(([, name = '']) => ({ path, name }))
  return [
    ...read('docs/reference/sesame.schema.json', /"([A-Za-z]+)":/g),
    ...read('src/ui/sesame.css', /(--[a-z-]+):/g),
  ]
}

/** Every banned name, with the path of its file. */
export const bannedIn = (root: string): readonly { path: string; name: string }[] => {
  const code = codeOf(root)
  const paths = new Set(code.flatMap(({ path }) => path.split('/').map(part => part.replace(/\.\w+$/, ''))))
  return [
    ...code.flatMap(file => declaredNames(file).map(name => ({ path: file.path, name }))),
    ...[...paths].map(name => ({ path: name, name })),
    ...textNames(root),
  ].filter(({ name }) => isBanned(name))
}
