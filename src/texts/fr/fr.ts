import type { Locale } from '../locale.ts'
import { account } from './account.ts'
import { activation } from './activation.ts'
import { charter } from './charter.ts'
import { external } from './external.ts'
import { factors } from './factors.ts'
import { guide } from './guide.ts'
import { help } from './help.ts'
import { helpPictures } from './help-pictures.ts'
import { identifier } from './identifier.ts'
import { journal } from './journal.ts'
import { journey } from './journey.ts'
import { letters } from './letters.ts'
import { mails } from './mails.ts'
import { pages } from './pages.ts'
import { questions } from './questions.ts'
import { reasons } from './reasons.ts'
import { services } from './services.ts'
import { statements } from './statements.ts'
import { typesetFrench } from './typeset.ts'

const texts = {
  ...reasons,
  ...journey,
  ...questions,
  ...identifier,
  ...activation,
  ...pages,
  ...mails,
  ...letters,
  ...account,
  ...external,
  ...factors,
  ...journal,
  ...services,
  ...help,
  ...guide,
  ...helpPictures,
  ...statements,
}

/** Every sentence of the product. A key that another language lacks does not compile. */
export type TextKey = keyof typeof texts
export type ReasonKey = keyof typeof reasons
export const reasonKeys: readonly string[] = Object.keys(reasons)

export const fr: Locale<TextKey> = {
  name: 'Français',
  direction: 'ltr',
  formats: 'fr-FR',
  // « le 1er décembre », the day with its month on one line
  typesetDate: date => date.replace(/^1 /, '1er ').replace(' ', '\u00a0'),
  typeset: typesetFrench,
  quote: text => `«\u00a0${text}\u00a0»`,
  colon: '\u00a0:',
  fallback: null,
  texts,
  demonstrationCharter: charter,
}
