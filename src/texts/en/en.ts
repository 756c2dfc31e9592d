import type { TextKey } from '../fr/fr.ts'
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
import { typesetEnglish } from './typeset.ts'

export const en: Locale<TextKey> = {
  name: 'English',
  direction: 'ltr',
  formats: 'en-GB',
  typesetDate: date => date.replace(' ', '\u00a0'),
  typeset: typesetEnglish,
  quote: text => `“${text}”`,
  colon: ':',
  fallback: null,
  texts: {
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
  },
  demonstrationCharter: charter,
}
