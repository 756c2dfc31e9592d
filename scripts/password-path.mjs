// Which functions a typed password passes, by their names alone: from the form of a new password, each call that is given it is
// followed in the order of the source. A call that several functions of the product could answer is not followed.
import { dirname, join, normalize } from 'node:path'
import { parseSync } from 'oxc-parser'

const entry = 'src/journeys/steps/new-password.ts'
/** What holds the typed password: the fields of the form, or a candidate made of them. */
const holdsPassword = /\b(?:nouveau|password|candidate|candidateOf|fields)\b/
const functionTypes = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression'])

const childrenOf = node =>
  Object.entries(node).flatMap(([key, value]) =>
    key === 'parent' ? [] : Array.isArray(value) ? value : [value],
  )
const isNode = value => value !== null && typeof value === 'object' && typeof value.type === 'string'

function walk(node, visit) {
  visit(node)
  for (const child of childrenOf(node)) if (isNode(child)) walk(child, visit)
}

/** The function that a node names: a declaration, a constant, or a member of an object. */
function namedFunction(node) {
  if (node.type === 'FunctionDeclaration' && node.id) return [node.id.name, node]
  const [name, value] =
    node.type === 'VariableDeclarator' && node.id.type === 'Identifier'
      ? [node.id.name, node.init]
      : node.type === 'Property' && node.key.type === 'Identifier'
        ? [node.key.name, node.value]
        : []
  return value && functionTypes.has(value.type) ? [name, value] : null
}

function read({ path, text }) {
  const { program } = parseSync(path, text)
  const functions = new Map()
  const imports = new Map()
  walk(program, node => {
    const named = namedFunction(node)
    if (named && !functions.has(named[0])) functions.set(named[0], named[1])
    if (node.type === 'ImportDeclaration' && node.source.value.startsWith('.'))
      for (const { local } of node.specifiers)
        imports.set(local.name, normalize(join(dirname(path), node.source.value)))
  })
  return { path, text, functions, imports }
}

/** The calls of a function that are given the password, in order: what they call, by name. */
function callsOf({ text }, body) {
  const calls = []
  walk(body, node => {
    if (node.type !== 'CallExpression') return
    if (!node.arguments.some(({ start, end }) => holdsPassword.test(text.slice(start, end)))) return
    const { callee } = node
    if (callee.type === 'Identifier') calls.push({ at: node.start, own: callee.name })
    if (callee.type === 'MemberExpression' && callee.property.type === 'Identifier')
      calls.push({ at: node.start, member: callee.property.name })
  })
  return calls.sort((a, b) => a.at - b.at)
}

/** How many files and folders the typed password visits, and how many files it enters again after it had left them. */
export function passwordPath(files) {
  const parsed = new Map(
    files
      .filter(
        ({ path }) =>
          /^src\/(?!browser|demonstration|result\.ts|texts)/.test(path) && !/\.test\.tsx?$/.test(path),
      )
      .map(file => [file.path, read(file)]),
  )
  const holders = name => [...parsed.values()].filter(({ functions }) => functions.has(name))
  const find = (file, { own, member }) => {
    const name = own ?? member
    if (own && file.functions.has(own)) return file
    if (own) return parsed.get(file.imports.get(own))
    const found = holders(name)
    return found.length === 1 ? found[0] : undefined
  }
  const seen = new Set()
  const visited = new Set([entry])
  const returned = new Set()
  const follow = (file, name) => {
    const body = file.functions.get(name)
    if (!body || seen.has(body)) return
    seen.add(body)
    for (const call of callsOf(file, body)) {
      const to = find(file, call)
      if (!to) continue
      if (to !== file && visited.has(to.path)) returned.add(to.path)
      visited.add(to.path)
      follow(to, call.own ?? call.member)
    }
  }
  const first = parsed.get(entry)
  for (const name of ['submit', 'post']) if (first?.functions.has(name)) follow(first, name)
  return { files: visited.size, folders: new Set([...visited].map(dirname)).size, returned: returned.size }
}
