import { Field } from '../../ui/field.tsx'
import { Reveal } from '../../ui/reveal.tsx'
import type { Ui } from '../../ui/ui.ts'

type Props = {
  readonly ui: Ui
  readonly name: 'ancien' | 'motdepasse'
  readonly label: string
  readonly error?: string | undefined
}

/** The field of the current password, with the button that reveals it where scripts run. Its value is never rendered. */
export const CurrentPassword = ({ ui, name, label, error }: Props) => (
  <Field
    name={name}
    label={label}
    error={error}
    input={{
      type: 'password',
      autocomplete: 'current-password',
      autocapitalize: 'none',
      spellcheck: false,
    }}
    button={<Reveal ui={ui} fields={[name]} what={name === 'ancien' ? 'reveal.old' : 'reveal.current'} />}
  />
)
