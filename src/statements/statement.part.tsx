import type { ComponentChildren } from 'preact'
import type { TextKey } from '../texts/texts.ts'
import type { Ui } from '../ui/ui.ts'

type Props = {
  readonly ui: Ui
  readonly id: string
  readonly heading: TextKey
  readonly children: ComponentChildren
}

export const StatementSection = ({ ui, id, heading, children }: Props) => (
  <section aria-labelledby={id}>
    <h2 id={id}>{ui.say(heading)}</h2>
    {children}
  </section>
)

/** A value from the institution's configuration, or a text that says that it is missing. */
export const StatementValue = ({ ui, value }: { ui: Ui; value: string | undefined }) => (
  <p>{value || ui.say('statement.missing')}</p>
)

export const DemonstrationNote = ({ ui }: { ui: Ui }) =>
  ui.demonstration ? <p class="note">{ui.say('statement.demonstration')}</p> : null
