/**
 * French typography, applied once when the catalogue loads: authors type plain quotes and spaces. ’ for the
 * apostrophe; a narrow no-break space before ; ! ?; a no-break space before : and %, and inside « ». Addresses of
 * mails and of the web, and ICU arguments between braces, stay as they are.
 */
const narrow = '\u202f'
const noBreak = '\u00a0'

const typesetText = (text: string) =>
  text
    .replace(/(?<=\p{L})'(?=\p{L})/gu, '’')
    .replace(/ (?=[;!?])/g, narrow)
    .replace(/ (?=[:%](\s|$|\)))/g, noBreak)
    .replace(/« /g, `«${noBreak}`)
    .replace(/ »/g, `${noBreak}»`)
    .replace(/(?<=\d) (?=(minutes?|heures?|jours?|caractères|essais?|secondes?|h|KB)\b)/g, noBreak)

/** Braces hold ICU arguments: `{left, plural, one {…} other {…}}` keeps its syntax, its inner words are typeset. */
export const typesetFrench = (text: string) =>
  text
    .split(/(\S+@\S+|https?:\/\/\S+)/)
    .map((part, index) => (index % 2 === 1 ? part : typesetText(part)))
    .join('')

export const typesetEnglish = (text: string) => text.replace(/(?<=\p{L})'(?=\p{L}|\s|$)/gu, '’')
