import type { Ui } from './ui.ts'

type Props = {
  readonly ui: Ui
  /** Id of the element whose text is copied: its `data-text` if it has one, each item of a list on a line. */
  readonly of: string
  readonly label: string
}

/** « Copier », and a line that says that it is done. Hidden where no script runs: the text can then be selected. */
export const CopyButton = ({ ui, of, label }: Props) => (
  <p class="unprinted copy">
    <button class="button second" type="button" data-copies={of} data-copied={ui.say('copied')} hidden>
      {label}
    </button>
    <span class="quiet" role="status" />
  </p>
)
