import type { Ui } from './ui.ts'

export type Told = { readonly field: string | null; readonly sentence: string }

/** First on the floor, with the focus, linked to each field: what is left to do (RGAA 11.10). */
export const Summary = ({ ui, told, note }: { ui: Ui; told: readonly Told[]; note?: string | undefined }) =>
  told.length === 0 ? null : (
    <div class="summary" role="alert" tabIndex={-1} autofocus>
      <h2>{ui.say('summary.title', { count: told.length })}</h2>
      <ul>
        {told.map(({ field, sentence }) => (
          <li>{field ? <a href={`#${field}`}>{sentence}</a> : sentence}</li>
        ))}
      </ul>
      {note && <p>{note}</p>}
    </div>
  )
