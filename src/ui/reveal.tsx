import type { TextKey } from '../texts/texts.ts'
import type { Ui } from './ui.ts'

type Props = {
  readonly ui: Ui
  /** Ids of the fields that it reveals. */
  readonly fields: readonly string[]
  /** What it reveals, said after « Afficher ». */
  readonly what: Extract<TextKey, `reveal.${string}`>
}

/**
 * « Afficher », which the script turns into « Masquer » (`browser/reveal.ts`): the name alone says the state, since a pressed
 * state beside a name that changes would say the contrary. Hidden unless scripts run.
 */
export const Reveal = ({ ui, fields, what }: Props) => (
  <button
    class="button second"
    type="button"
    data-reveals={fields.join(' ')}
    data-hide={ui.say('new.hide')}
    data-caps={ui.say('new.caps')}
    hidden
  >
    <span>{ui.say('new.show')}</span>
    <span class="unseen"> {ui.say(what)}</span>
  </button>
)
