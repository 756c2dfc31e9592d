import type { ComponentChildren } from 'preact'
import type { TextKey } from '../texts/texts.ts'
import type { Ui } from '../ui/ui.ts'

type Props = {
  readonly ui: Ui
  readonly id: string
  readonly heading: TextKey
  readonly children: ComponentChildren
}

export const Part = ({ ui, id, heading, children }: Props) => (
  <section aria-labelledby={id}>
    <h2 id={id}>{ui.say(heading)}</h2>
    {children}
  </section>
)

/** What the institution said of itself; nothing is invented in its place. */
export const Given = ({ ui, value }: { ui: Ui; value: string | undefined }) => (
  <p>{value || ui.say('statement.missing')}</p>
)

export const Invented = ({ ui }: { ui: Ui }) =>
  ui.demonstration ? <p class="note">{ui.say('statement.demonstration')}</p> : null
