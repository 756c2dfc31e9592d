import { Field } from '../../ui/field.tsx'
import type { Ui } from '../../ui/ui.ts'

type Props = {
  readonly ui: Ui
  readonly name: string
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
    button={
      <button
        class="button second"
        type="button"
        data-reveals={name}
        data-hide={ui.say('new.hide')}
        data-caps={ui.say('new.caps')}
        aria-pressed="false"
        hidden
      >
        {ui.say('new.show')}
      </button>
    }
  />
)
