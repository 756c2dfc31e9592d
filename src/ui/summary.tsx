import { HelpdeskIfNamed } from './helpdesk.tsx'
import type { Ui } from './ui.ts'

export type FormError = { readonly field: string | null; readonly sentence: string }

const titleOf = (ui: Ui, errors: readonly FormError[]) => {
  const count = errors.filter(({ field }) => field !== null).length
  return count === 0 ? ui.say('summary.not-yours') : ui.say('summary.title', { count })
}

/**
 * The list of errors, first in the content and focused, each linked to its field (RGAA 11.10). An error of no field is not
 * counted among what is to be corrected: nothing that one types makes it pass.
 */
export const Summary = ({
  ui,
  errors,
  note,
}: {
  ui: Ui
  errors: readonly FormError[]
  note?: string | undefined
}) =>
  errors.length === 0 ? null : (
    <div class="summary" role="alert" tabIndex={-1} autofocus>
      <h2>{titleOf(ui, errors)}</h2>
      <ul>
        {errors.map(({ field, sentence }) => (
          <li>{field ? <a href={`#${field}`}>{sentence}</a> : sentence}</li>
        ))}
      </ul>
      <HelpdeskIfNamed ui={ui} sentences={errors.map(({ sentence }) => sentence)} />
      {note && <p>{note}</p>}
    </div>
  )
