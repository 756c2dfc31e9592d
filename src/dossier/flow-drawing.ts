import type { Endpoint, Flow } from './data-flows.ts'

const rowHeight = 76
const top = 70
const columns = {
  left: { x: 20, width: 210 },
  proxy: { x: 370, width: 190 },
  portal: { x: 700, width: 150 },
  right: { x: 1010, width: 330 },
} as const
const width = 1360
/** What a box shows of a long address: about as many characters as fit. */
const longest = 44

const escaped = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')

const shortened = (text: string) => (text.length > longest ? `${text.slice(0, longest - 1)}…` : text)

type Box = { readonly x: number; readonly y: number; readonly width: number; readonly height: number }

const box = (endpoint: Endpoint, { x, y, width: wide, height }: Box, kind: 'inside' | 'outside') => {
  const lines = endpoint.addresses.slice(0, 2).map(shortened)
  const middle = y + height / 2 + 5 - lines.length * 8
  const text = lines.map(
    (line, index) =>
      `<text class="address" x="${x + wide / 2}" y="${middle + 17 * (index + 1)}">${escaped(line)}</text>`,
  )
  return [
    `<rect class="${kind}" x="${x}" y="${y}" width="${wide}" height="${height}" rx="6"/>`,
    `<text class="name" x="${x + wide / 2}" y="${middle}">${escaped(endpoint.name)}</text>`,
    ...text,
  ].join('\n')
}

type Arrow = {
  readonly number: number
  readonly protocol: string
  readonly start: number
  readonly end: number
  readonly y: number
}

const arrow = ({ number, protocol, start, end, y }: Arrow) => {
  const middle = (start + end) / 2
  return [
    `<line x1="${start}" y1="${y}" x2="${end}" y2="${y}" marker-end="url(#tip)"/>`,
    `<circle cx="${middle}" cy="${y}" r="12"/>`,
    `<text class="number" x="${middle}" y="${y + 5}">${number}</text>`,
    `<text class="protocol" x="${middle}" y="${y - 18}">${escaped(protocol)}</text>`,
  ].join('\n')
}

const edges = ({ x, width: wide }: { readonly x: number; readonly width: number }) => [x, x + wide] as const

type Numbered = Flow & { readonly number: number; readonly row: number }

/** The flows of one system share a box, which is as high as their rows. */
const boxesOf = (
  flows: readonly Numbered[],
  endpointOf: (flow: Flow) => Endpoint,
  column: { readonly x: number; readonly width: number },
) =>
  [...new Set(flows.map(flow => endpointOf(flow).name))].map(name => {
    const own = flows.filter(flow => endpointOf(flow).name === name)
    const rows = own.map(({ row }) => row)
    const first = Math.min(...rows)
    const height = rowHeight * (Math.max(...rows) - first + 1) - 16
    return box(endpointOf(own[0] as Flow), { ...column, y: top + rowHeight * first, height }, 'outside')
  })

const style = `
  text { font-family: system-ui, sans-serif; text-anchor: middle; fill: #1a1a1a }
  .title { font-size: 17px; font-weight: 600; text-anchor: start }
  .name { font-size: 15px; font-weight: 600 }
  .address { font-size: 12.5px; font-family: ui-monospace, monospace }
  .protocol { font-size: 13px }
  .number { font-size: 13px; font-weight: 600; fill: #ffffff }
  circle, .tip { fill: #0c5a48 }
  line { stroke: #0c5a48; stroke-width: 2 }
  rect { stroke: #4a4a4a; stroke-width: 1.5 }
  .page { fill: #ffffff; stroke: none }
  .host { fill: none; stroke-dasharray: 7 5 }
  .inside { fill: #e3f1ec }
  .outside { fill: #f4f4f4 }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f0f0 }
    .page { fill: #16191c }
    .inside { fill: #17392f }
    .outside { fill: #25292e }
    rect { stroke: #a0a6ad }
    circle, .tip { fill: #7fd6bb }
    line { stroke: #7fd6bb }
    .number { fill: #10201b }
  }`

/** The proxy, and the flow that passes from it to the portal, where there is one. */
const proxyOf = (flows: readonly Flow[], portal: string) =>
  flows.find(({ from, to }) => to.name === portal && flows.some(other => other.to.name === from.name))?.from

const arrowOf = (flow: Numbered, proxy: Endpoint | undefined, portal: string, isLeft: boolean) => {
  const [portalStart, portalEnd] = edges(columns.portal)
  const [proxyStart, proxyEnd] = edges(columns.proxy)
  const [, leftEnd] = edges(columns.left)
  const { number, protocol } = flow
  const y = top + rowHeight * flow.row + (rowHeight - 16) / 2
  if (flow.to.name === proxy?.name) return arrow({ number, protocol, start: leftEnd, end: proxyStart, y })
  if (flow.from.name === proxy?.name) return arrow({ number, protocol, start: proxyEnd, end: portalStart, y })
  if (isLeft) return arrow({ number, protocol, start: leftEnd, end: portalStart, y })
  const [rightStart] = edges(columns.right)
  return flow.to.name === portal
    ? arrow({ number, protocol, start: rightStart, end: portalEnd, y })
    : arrow({ number, protocol, start: portalEnd, end: rightStart, y })
}

/** What people and monitors open is on the left, in rows of its own; all other systems are on the right. */
const placed = (flows: readonly Flow[], portal: string) => {
  const proxy = proxyOf(flows, portal)
  const others = new Set(flows.filter(({ from }) => from.name === portal).map(({ to }) => to.name))
  const isLeft = ({ from }: Flow) => from.name !== portal && !others.has(from.name)
  const numbered = flows.map((flow, index) => ({ ...flow, number: index + 1 }))
  const left: Numbered[] = []
  for (const flow of numbered.filter(isLeft)) {
    const last = left.at(-1)?.row ?? -1
    left.push({ ...flow, row: flow.from.name === proxy?.name ? last : last + 1 })
  }
  const right = numbered.filter(flow => !isLeft(flow)).map((flow, row): Numbered => ({ ...flow, row }))
  return { proxy, left, right }
}

/** The flows as a drawing, which names itself and describes each flow for whoever does not see it. */
export const drawFlows = (flows: readonly Flow[], title: string) => {
  const portal = (flows[0] as Flow).to.name === 'Portail Sésame' ? flows[0]?.to : flows[1]?.to
  const name = portal?.name ?? ''
  const { proxy, left, right } = placed(flows, name)
  const rows = Math.max(...[...left, ...right].map(({ row }) => row + 1))
  const height = top + rowHeight * rows + 30
  const description = flows
    .map(
      ({ from, to, protocol, content }, index) =>
        `${index + 1}. De ${from.name} à ${to.name}, ${protocol} : ${content}.`,
    )
    .join('\n')
  const middle = [
    ...(proxy ? [box(proxy, { ...columns.proxy, y: top, height: rowHeight - 16 }, 'inside')] : []),
    box(
      portal ?? { name, addresses: [] },
      { ...columns.portal, y: top, height: rowHeight * rows - 16 },
      'inside',
    ),
  ]
  const hostStart = proxy ? columns.proxy.x : columns.portal.x
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="title description">
<title id="title">${escaped(title)}</title>
<desc id="description">${escaped(description)}</desc>
<style>${style}
</style>
<defs><marker id="tip" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" markerHeight="8" orient="auto"><path class="tip" d="M0 0L10 5L0 10z"/></marker></defs>
<rect class="page" width="${width}" height="${height}"/>
<rect class="host" x="${hostStart - 22}" y="20" width="${columns.portal.x + columns.portal.width + 22 - hostStart + 22}" height="${height - 40}" rx="10"/>
<text class="title" x="${hostStart - 8}" y="46">Hôte du portail</text>
${[
  ...boxesOf(
    left.filter(({ from }) => from.name !== proxy?.name),
    ({ from }) => from,
    columns.left,
  ),
  ...middle,
  ...boxesOf(right, ({ from, to }) => (from.name === name ? to : from), columns.right),
  ...[...left, ...right].map(flow => arrowOf(flow, proxy, name, left.includes(flow))),
].join('\n')}
</svg>
`
}
