/**
 * French typography, applied once when the catalogue loads: authors type plain quotes and spaces. ’ for the
 * apostrophe; a narrow no-break space before ; ! ?; a no-break space before : and %, inside « », between the words of a short
 * quotation, and between a number and its unit. Addresses of mails and of the web, and the syntax of ICU messages, stay as they are.
 */
const narrow = '\u202f'
const noBreak = '\u00a0'

const units =
  'minutes?|heures?|jours?|mois|ans?|caractères|chiffres|essais?|secondes?|pixels|points?|fois|h|KB|Ko'

/** « En cours », the name of a state or of a button: two words at most. */
const shortQuotation = /«\u00a0[^»{} ]+ [^»{} ]+\u00a0»/gu

/** A number, or a placeholder for one: the `#` and the `{min}` of an ICU message. */
const beforeUnit = new RegExp(`(?<=[\\d#}]) (?=(${units})(?![\\p{L}\\d]))`, 'gu')

const typesetText = (text: string) =>
  text
    .replace(/(?<=\p{L})'(?=[\p{L}«{])/gu, '’')
    .replace(/ (?=[;!?])/g, narrow)
    .replace(/ (?=[:%](?![\p{L}\d]))/gu, noBreak)
    .replace(/« /g, `«${noBreak}`)
    .replace(/ »/g, `${noBreak}»`)
    .replace(shortQuotation, quotation => quotation.replace(' ', noBreak))
    .replace(beforeUnit, noBreak)
    // 14 h 05
    .replace(/(?<=[\d}]\u00a0h) (?=[\d{])/g, noBreak)

/** An address, without the sign of the sentence that follows it. */
const addresses = /([^\s@]+@[^\s@]+|https?:\/\/\S+)/

export const typesetFrench = (text: string) =>
  text
    .split(addresses)
    .map((part, index) => (index % 2 === 1 ? part : typesetText(part)))
    .join('')
