import { en } from '../../../src/texts/en/en.ts'
import type { TextKey } from '../../../src/texts/fr/fr.ts'
import type { Locale } from '../../../src/texts/locale.ts'

const accented: Readonly<Record<string, string>> = {
  ...{ a: 'å', c: 'ç', e: 'ë', i: 'ï', n: 'ñ', o: 'ö', u: 'ü', y: 'ÿ' },
  ...{ A: 'Å', C: 'Ç', E: 'Ë', I: 'Ï', N: 'Ñ', O: 'Ö', U: 'Ü', Y: 'Ÿ' },
}

/** What must stay as it is: the arguments of ICU messages, with what they hold, and addresses. */
const untouched = /(\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\}|https?:\/\/\S+|\S+@\S+)/

const accents = (text: string) => text.replace(/[a-z]/gi, letter => accented[letter] ?? letter)

/** Every letter that can have an accent has one; a third longer, as many languages are; and with marks at both ends. */
const pseudo = (text: string) => {
  const longer = text
    .split(untouched)
    .map((part, index) => (index % 2 === 1 ? part : accents(part)))
    .join('')
  return `⟦${longer}${' ~~~~~'.repeat(Math.ceil(text.length / 18))}⟧`
}

const texts = Object.fromEntries(Object.entries(en.texts).map(([key, text]) => [key, pseudo(text)]))

/** A language that nobody speaks, written from right to left: whatever is not in its marks is hard-coded. */
export const zz: Locale<TextKey> = {
  name: 'Pseudo',
  direction: 'rtl',
  formats: 'en-GB',
  typesetDate: date => date,
  typeset: text => text,
  quote: text => `‹${text}›`,
  colon: ' :',
  fallback: 'en',
  texts: texts as Record<TextKey, string>,
  demonstrationCharter: en.demonstrationCharter
    .split('\n')
    .map(line => line.replace(/^(# )?(.+)$/, (_, sign = '', words) => `${sign}${pseudo(words)}`))
    .join('\n'),
}
