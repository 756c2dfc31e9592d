import { createContext } from 'preact'
import type { TextKey } from '../texts/texts.ts'
import { Icon } from './icons.tsx'
import type { Ui } from './ui.ts'

export type DoneKey = Extract<TextKey, `done-${string}`>

/** The change after which the page is shown; `null`: none. */
export const DoneContext = createContext<DoneKey | null>(null)

/** Says that a change was made, first in the content and focused, as a list of errors is (WCAG 4.1.3). */
export const DoneBanner = ({ ui, done }: { ui: Ui; done: DoneKey }) => (
  <div class="note good" role="status" tabIndex={-1} autofocus>
    <h2 class="state">
      <Icon shape="good" />
      <span>{ui.say(done)}</span>
    </h2>
  </div>
)
