import { HelpdeskIfNamed } from './helpdesk.tsx'
import type { Ui } from './ui.ts'

export type FormError = { readonly field: string | null; readonly sentence: string }

/** The list of errors, first in the content and focused, each linked to its field (RGAA 11.10). */
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
      <h2>{ui.say('summary.title', { count: errors.length })}</h2>
      <ul>
        {errors.map(({ field, sentence }) => (
          <li>{field ? <a href={`#${field}`}>{sentence}</a> : sentence}</li>
        ))}
      </ul>
      <HelpdeskIfNamed ui={ui} sentences={errors.map(({ sentence }) => sentence)} />
      {note && <p>{note}</p>}
    </div>
  )
