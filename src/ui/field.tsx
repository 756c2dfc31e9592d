import type { ComponentChildren, JSX } from 'preact'
import { Icon } from './icons.tsx'
import type { Ui } from './ui.ts'

export const ErrorLine = ({ id, children }: { id: string; children: ComponentChildren }) => (
  <p class="error" id={id}>
    <Icon shape="bad" />
    <span>{children}</span>
  </p>
)

/** At the head of a form of several fields: none may stay empty (RGAA 11.10). */
export const AllRequired = ({ ui }: { ui: Ui }) => (
  <p class="hint all-required">{ui.say('form.all-required')}</p>
)

type FieldProps = {
  readonly name: string
  readonly label: string
  readonly input: JSX.IntrinsicElements['input']
  readonly hint?: string | undefined
  readonly error?: string | undefined
  /** Ids of what else describes the field: the rules, the question. */
  readonly describedBy?: string
  readonly beside?: ComponentChildren
  /** May stay empty. */
  readonly optional?: boolean
  /** A help mark beside the label. */
  readonly help?: ComponentChildren
}

/** Label, error, input, hint: tied together once for all (RGAA 11.1, 11.10, 11.11). */
export const Field = ({
  name,
  label,
  input,
  hint,
  error,
  describedBy,
  beside,
  help,
  optional,
}: FieldProps) => {
  const described = [error && `${name}-erreur`, hint && `${name}-aide`, describedBy].filter(Boolean).join(' ')
  const box = (
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
      {beside ? (
        <div class="with-button">
          {box}
          {beside}
        </div>
      ) : (
        box
      )}
      {hint && (
        <p class="hint" id={`${name}-aide`}>
          {hint}
        </p>
      )}
    </div>
  )
}
