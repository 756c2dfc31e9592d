import type { Charter } from '../../charter.ts'
import { Page } from '../layout.tsx'
import type { Ui } from '../ui.ts'

/** The charter (« règlement intérieur »); its URL holds its version. */
export const charterPage = ({ ui, charter }: { ui: Ui; charter: Charter }) => (
  <Page
    ui={ui}
    heading={ui.say('charter.title')}
    lead={ui.say('charter.version', { version: charter.version })}
  >
    {charter.demonstration && <p class="note">{ui.say('charter.demo')}</p>}
    {charter.paragraphs[ui.language].map(({ heading, text }) => (heading ? <h2>{text}</h2> : <p>{text}</p>))}
    <p class="note">{ui.say('charter.back')}</p>
  </Page>
)
