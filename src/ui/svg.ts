/** What is wrong with a drawing, and where. */
export type SvgFault = { readonly line: number; readonly sentence: string }

/** The values of attributes may contain a « > ». */
const markup = /<!--[\s\S]*?-->|<!\[CDATA\[[\s\S]*?\]\]>|<(?:"[^"]*"|'[^']*'|[^'">])*>/g

/** Elements that run, load or move something, or hold HTML. */
const forbiddenElements =
  /^(?:script|foreignobject|iframe|object|embed|audio|video|animate\w*|set|handler|listener)$/i

const attributes = /([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g

/** A part of the same drawing, or a picture that is inside the file. */
const isOwnReference = (value: string) =>
  /^#|^data:image\/(?:png|jpeg|webp);base64,[\w+/=\s]*$/.test(value.trim())

const outsideStyle = /@import|url\(\s*(?!["']?#)/i

/** What drawing programs write first. A type of document with entities of its own is another matter: it has a bracket. */
const harmless = /^<(?:\?xml\s|!DOCTYPE\s[^[]*$)/i

type Tag = { readonly text: string; readonly name: string; readonly local: string; readonly at: number }

const tagsIn = (text: string): readonly Tag[] =>
  [...text.matchAll(markup)]
    .filter(([tag]) => !tag.startsWith('<!--') && !tag.startsWith('<![CDATA['))
    .map(({ 0: tag, index }) => {
      const name = /^<\/?([^\s/>]+)/.exec(tag)?.[1] ?? ''
      return { text: tag, name, local: name.replace(/^.*:/, ''), at: index }
    })

const attributesOf = ({ text }: Tag) =>
  [...text.matchAll(attributes)].map(([, name = '', double, single]) => ({
    name: name.replace(/^.*:/, '').toLowerCase(),
    value: double ?? single ?? '',
  }))

const shown = (text: string) => (text.length > 40 ? `${text.slice(0, 40)}…` : text)

/** What a tag must not have in a drawing that a page shows to everybody. */
function tagFault(tag: Tag): string | null {
  if (harmless.test(tag.text)) return null
  if (/^<[!?]/.test(tag.text)) return `holds ${shown(tag.text)}: take it out.`
  if (tag.text.includes('http://www.w3.org/1999/xhtml'))
    return `holds HTML in <${tag.name}>: a logo is a drawing that does nothing.`
  if (forbiddenElements.test(tag.local)) return `holds <${tag.name}>: a logo is a drawing that does nothing.`
  for (const { name, value } of attributesOf(tag)) {
    if (/^on/.test(name)) return `holds the script ${name}: take it out.`
    if (/^(?:href|src)$/.test(name) && !isOwnReference(value))
      return `refers to « ${shown(value)} »: the drawing must be in the file itself.`
    if (outsideStyle.test(value)) return `loads something by « ${shown(value)} »: take it out.`
  }
  return null
}

/** A browser shows nothing of a drawing whose tags do not close one another. */
function balanceFault(tags: readonly Tag[]): { readonly tag: Tag; readonly sentence: string } | null {
  const open: Tag[] = []
  for (const tag of tags) {
    if (/^<[?!]/.test(tag.text) || tag.text.endsWith('/>')) continue
    if (!tag.text.startsWith('</')) open.push(tag)
    else if (open.pop()?.name !== tag.name) return { tag, sentence: `closes ${tag.name}, which is not open.` }
  }
  const [unclosed] = open
  return unclosed ? { tag: unclosed, sentence: `opens <${unclosed.name}>, which nothing closes.` } : null
}

const rootFault = (root: Tag | undefined): string | null => {
  if (root?.local !== 'svg') return 'is no SVG drawing: its first element is <svg>.'
  const has = (name: string) => attributesOf(root).some(one => one.name === name)
  if (!root.text.includes('http://www.w3.org/2000/svg'))
    return 'lacks xmlns="http://www.w3.org/2000/svg" in <svg>: browsers show nothing without it.'
  return has('viewbox') || (has('width') && has('height'))
    ? null
    : 'lacks viewBox in <svg>: its size is not known.'
}

/** Why this drawing cannot be shown, or must not be: the first fault. It is also opened by itself, so what it could run or load counts. */
export function svgFault(text: string): SvgFault | null {
  const tags = tagsIn(text)
  const lineOf = (at: number) => text.slice(0, at).split('\n').length
  for (const tag of tags) {
    const sentence = tagFault(tag)
    if (sentence) return { line: lineOf(tag.at), sentence }
  }
  const style = outsideStyle.exec(text.replace(/<!--[\s\S]*?-->/g, found => found.replace(/[^\n]/g, ' ')))
  if (style)
    return { line: lineOf(style.index), sentence: `loads something by « ${shown(style[0])} »: take it out.` }
  const root = tags.find(tag => !/^<[?!]/.test(tag.text))
  const ofRoot = rootFault(root)
  if (ofRoot) return { line: lineOf(root?.at ?? 0), sentence: ofRoot }
  const balance = balanceFault(tags)
  return balance && { line: lineOf(balance.tag.at), sentence: balance.sentence }
}

/** Width and height as they relate: of `viewBox`, or as they are given. */
export function svgSize(text: string): { readonly width: number; readonly height: number } | null {
  const root = tagsIn(text).find(tag => tag.local === 'svg')
  const found = new Map((root ? attributesOf(root) : []).map(({ name, value }) => [name, value]))
  const [, , width, height] = (found.get('viewbox') ?? `0 0 ${found.get('width')} ${found.get('height')}`)
    .trim()
    .split(/[\s,]+/)
    .map(number => Number.parseFloat(number))
  return width && height ? { width, height } : null
}
