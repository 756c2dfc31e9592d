import type { ComponentChildren, JSX } from 'preact'
import { Icon } from './icons.tsx'
import type { Ui } from './ui.ts'

export const ErrorLine = ({ id, children }: { id: string; children: ComponentChildren }) => (
  <p class="error" id={id}>
    <Icon shape="bad" />
    <span>{children}</span>
  </p>
)

/** Above a form of several fields: all are required (RGAA 11.10). */
export const AllRequired = ({ ui }: { ui: Ui }) => (
  <p class="hint all-required">{ui.say('form.all-required')}</p>
)

type FieldProps = {
  readonly name: string
  readonly label: string
  readonly input: JSX.IntrinsicElements['input']
  /** One short sentence: a screen reader says it each time that the field is entered. */
  readonly hint?: string | undefined
  /** What is told below the hint, and not said with the field. */
  readonly more?: string | undefined
  readonly error?: string | undefined
  /** Ids of other elements that describe the field, such as the rules or the question. */
  readonly describedBy?: string
  readonly button?: ComponentChildren
  readonly optional?: boolean
  /** A help mark next to the label. */
  readonly help?: ComponentChildren
}

/** Label, error, input and hint, associated for assistive technologies (RGAA 11.1, 11.10, 11.11). */
export const Field = ({
  name,
  label,
  input,
  hint,
  more,
  error,
  describedBy,
  button,
  help,
  optional,
}: FieldProps) => {
  const described = [error && `${name}-erreur`, hint && `${name}-aide`, describedBy].filter(Boolean).join(' ')
  const inputElement = (
    <input
      id={name}
      name={name}
      {...input}
      required={!optional}
      aria-invalid={error ? 'true' : undefined}
      aria-describedby={described || undefined}
    />
  )
  return (
    <div class="field">
      {help ? (
        <div class="label-line">
          <label for={name}>{label}</label>
          {help}
        </div>
      ) : (
        <label for={name}>{label}</label>
      )}
      {error && <ErrorLine id={`${name}-erreur`}>{error}</ErrorLine>}
      {button ? (
        <div class="with-button">
          {inputElement}
          {button}
        </div>
      ) : (
        inputElement
      )}
      {hint && (
        <p class="hint" id={`${name}-aide`}>
          {hint}
        </p>
      )}
      {more && <p class="hint">{more}</p>}
    </div>
  )
}
