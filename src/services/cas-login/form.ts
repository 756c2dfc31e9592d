import { type DefaultTreeAdapterTypes, parse } from 'parse5'

type Node = DefaultTreeAdapterTypes.Node
type Element = DefaultTreeAdapterTypes.Element

type Field = { readonly name: string; readonly type: string; readonly value: string }

/** A login form: its target, its hidden fields, and the names of the fields for the login and the password. */
export type LoginForm = {
  readonly action: string
  readonly hiddenFields: readonly (readonly [name: string, value: string])[]
  readonly userField: string
  readonly passwordField: string
}

const attribute = (element: Element, name: string) => element.attrs.find(one => one.name === name)?.value

const elementsIn = (node: Node, tag: string): Element[] => {
  const inner = 'childNodes' in node ? node.childNodes.flatMap(child => elementsIn(child, tag)) : []
  return 'tagName' in node && node.tagName === tag ? [node, ...inner] : inner
}

const fieldOf = (input: Element): Field => ({
  name: attribute(input, 'name') ?? '',
  type: (attribute(input, 'type') ?? 'text').toLowerCase(),
  value: attribute(input, 'value') ?? '',
})

const textTypes = new Set(['text', 'email', 'tel', 'search'])

/** The first form with a password field: a page may have others, such as a search or a choice of language. */
export function parseLoginForm(html: string, userField?: string): LoginForm | null {
  for (const form of elementsIn(parse(html), 'form')) {
    const fields = elementsIn(form, 'input')
      .map(fieldOf)
      .filter(({ name }) => name !== '')
    const password = fields.find(({ type }) => type === 'password')
    const user = fields.find(({ name, type }) =>
      userField === undefined ? textTypes.has(type) : name === userField,
    )
    if (!password || !user) continue
    return {
      action: attribute(form, 'action') ?? '',
      hiddenFields: fields.filter(({ type }) => type === 'hidden').map(({ name, value }) => [name, value]),
      userField: user.name,
      passwordField: password.name,
    }
  }
  return null
}
