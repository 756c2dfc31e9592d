import type { Charter } from '../../charter.ts'
import type { CharterForm } from '../../routes.ts'
import { HelpdeskAside } from '../helpdesk.tsx'
import { Page } from '../layout.tsx'
import type { Ui } from '../ui.ts'

type Props = {
  readonly ui: Ui
  readonly charter: Charter
  /** The form from which it was opened, in a tab of its own. */
  readonly form?: CharterForm
}

/** The charter (« règlement intérieur »); its URL holds its version, and the form that waits for its reader. */
export const charterPage = ({ ui, charter, form }: Props) => (
  <Page
    ui={ui}
    heading={ui.say('charter.title')}
    lead={ui.say('charter.version', { version: charter.version })}
    withScript={form !== undefined}
  >
    {charter.demonstration && <p class="note">{ui.say('charter.demo')}</p>}
    {charter.paragraphs[ui.language].map(({ heading, text }) => (heading ? <h2>{text}</h2> : <p>{text}</p>))}
    {form ? (
      <aside class="aside">
        <p>
          <a class="button" href={ui.href(form)} data-returns>
            {ui.say('charter.back')}
          </a>
        </p>
      </aside>
    ) : (
      <HelpdeskAside ui={ui} />
    )}
  </Page>
)
