import type { Freezes } from '../../account/freezes.ts'
import type { KnownBrowsers } from '../../account/known-browsers.ts'
import type { Audit } from '../../audit/audit.ts'
import type { Clock } from '../../clock.ts'
import type { Directory } from '../../directory/directory.ts'
import type { Keys } from '../../keys.ts'
import type { Limits } from '../../limits.ts'
import type { Notices } from '../../notify/notify.ts'
import type { PasswordRules } from '../../password/password.ts'
import type { Joker } from '../../proofs/joker/joker.ts'
import type { Receipts } from '../../services/receipt/receipt.ts'
import type { Attempts } from '../../services/source/attempts.ts'
import type { Source } from '../../services/source/source.ts'
import type { Store } from '../../store/store.ts'
import type { Language } from '../../texts/texts.ts'
import type { Ui } from '../../ui/ui.ts'
import type { Doors } from '../../web/doors.ts'
import type { Journeys } from '../journey.ts'
import type { Event, State } from './password.ts'

/** What the steps of this journey need of the house; `main.ts` gives it. */
export type Parts = {
  readonly store: Store
  readonly clock: Clock
  readonly limits: Limits
  readonly keys: Keys
  readonly audit: Audit
  readonly directory: Directory
  readonly doors: Doors
  readonly joker: Joker
  readonly freezes: Freezes
  readonly knownBrowsers: KnownBrowsers
  readonly notices: Notices
  readonly rules: PasswordRules
  readonly attempts: Attempts
  readonly source: Source
  readonly receipts: Receipts
  readonly journeys: Journeys<State, Event>
  readonly charterVersion: string
  readonly ui: (language: Language) => Ui
}
