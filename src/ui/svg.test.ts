import { expect, it } from 'vitest'
import { svgFault, svgSize } from './svg.ts'

const root = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 90 30">'
const drawing = (content: string) => `${root}\n${content}\n</svg>\n`

it.each([
  ['a path', drawing('<path d="M0 0h9"/>')],
  [
    'a declaration, a comment and a prefix',
    `<?xml version="1.0"?>\n<!-- <script> -->\n${drawing('<g><g/></g>')}`,
  ],
  [
    'its own gradient',
    drawing('<defs><linearGradient id="a"/></defs><path fill="url(#a)"/><use href="#a"/>'),
  ],
  ['a style of its own', drawing('<style>.a{fill:url("#b")}</style>')],
  ['a picture inside it', drawing('<image href="data:image/png;base64,iVBORw0KGgo="/>')],
  [
    'the type of document that programs write',
    `<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">\n${drawing('')}`,
  ],
  ['a title', drawing('<title>Université : « A &amp; B »</title>')],
])('a drawing with %s is shown', (_, text) => expect(svgFault(text)).toBe(null))

it.each<[what: string, text: string, line: number, sentence: string]>([
  [
    'a script',
    drawing('<script>alert(1)</script>'),
    2,
    'holds <script>: a logo is a drawing that does nothing.',
  ],
  [
    'a script under a prefix',
    drawing('<x:Script xmlns:x="http://www.w3.org/2000/svg"/>'),
    2,
    'holds <x:Script>: a logo is a drawing that does nothing.',
  ],
  [
    'HTML',
    drawing('<foreignObject><p/></foreignObject>'),
    2,
    'holds <foreignObject>: a logo is a drawing that does nothing.',
  ],
  [
    'what moves or changes a link',
    drawing('<a><set attributeName="href" to="javascript:x"/></a>'),
    2,
    'holds <set>: a logo is a drawing that does nothing.',
  ],
  ['a handler', drawing('<g/>\n<path onload = "x()"/>'), 3, 'holds the script onload: take it out.'],
  [
    'a picture of another server',
    drawing('<image xlink:href="https://a.example/b.png"/>'),
    2,
    'refers to « https://a.example/b.png »: the drawing must be in the file itself.',
  ],
  [
    'a link that runs',
    drawing('<a href="java&#115;cript:x"/>'),
    2,
    'refers to « java&#115;cript:x »: the drawing must be in the file itself.',
  ],
  [
    'a drawing inside a drawing',
    drawing('<image href="data:image/svg+xml;base64,AAAA"/>'),
    2,
    'refers to « data:image/svg+xml;base64,AAAA »: the drawing must be in the file itself.',
  ],
  [
    'a style of another server',
    drawing('<style>@import "//a.example";</style>'),
    2,
    'loads something by « @import »: take it out.',
  ],
  [
    'a fill of another server',
    drawing('<path style="fill:url(//a.example/b)"/>'),
    2,
    'loads something by « fill:url(//a.example/b) »: take it out.',
  ],
  [
    'entities',
    `<!DOCTYPE svg [\n<!ENTITY a "b">]>\n${drawing('&a;')}`,
    1,
    'holds <!DOCTYPE svg [\n<!ENTITY a "b">: take it out.',
  ],
  [
    'a style sheet',
    `<?xml-stylesheet href="a"?>\n${drawing('')}`,
    1,
    'holds <?xml-stylesheet href="a"?>: take it out.',
  ],
  ['a tag that nothing closes', drawing('<g>'), 3, 'closes svg, which is not open.'],
  ['no end', `${root}\n<path/>`, 1, 'opens <svg>, which nothing closes.'],
  ['no drawing', '<html></html>', 1, 'is no SVG drawing: its first element is <svg>.'],
  ['nothing', 'PNG', 1, 'is no SVG drawing: its first element is <svg>.'],
  [
    'no namespace',
    '<svg viewBox="0 0 1 1"/>',
    1,
    'lacks xmlns="http://www.w3.org/2000/svg" in <svg>: browsers show nothing without it.',
  ],
  [
    'no size',
    '<svg xmlns="http://www.w3.org/2000/svg"/>',
    1,
    'lacks viewBox in <svg>: its size is not known.',
  ],
])('a drawing with %s is refused', (_, text, line, sentence) => {
  expect(svgFault(text)).toEqual({ line, sentence })
})

it.each([
  ['viewBox="0 0 90 30"', { width: 90, height: 30 }],
  ['viewBox="0,0,9.5,3" width="1"', { width: 9.5, height: 3 }],
  ['width="12mm" height="6mm"', { width: 12, height: 6 }],
  ['width="100%"', null],
])('the size of %s is known', (attributes, size) => {
  expect(svgSize(`<svg xmlns="http://www.w3.org/2000/svg" ${attributes}/>`)).toEqual(size)
})
