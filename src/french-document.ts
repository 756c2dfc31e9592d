import { typesetFrench } from './texts/fr/typeset.ts'

/** Code and the addresses of links, which stay as they are typed. */
const untouched = /(^```.*?^```$|`[^`\n]*`|\]\([^)\n]*\)|<[^>\n]*>)/gms

/** French typography of a Markdown document: authors type plain quotes and spaces, `npm run reference` applies it. */
export const typesetDocument = (text: string) =>
  text
    .split(untouched)
    .map((part, index) => (index % 2 === 1 ? part : typesetFrench(part)))
    .join('')
