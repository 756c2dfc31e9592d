import { Helpdesk } from '../ui/helpdesk.tsx'
import { Page } from '../ui/layout.tsx'
import type { Ui } from '../ui/ui.ts'
import { Given, Invented, Part } from './statement.tsx'

/** The legal notice (law 2004-575 of 21 June 2004, article 1-1). */
export const legalPage = ({ ui }: { ui: Ui }) => {
  const { publisher, institution, publicationDirector, host } = ui.branding
  return (
    <Page ui={ui} heading={ui.say('legal.title')}>
      <Invented ui={ui} />
      <Part ui={ui} id="editeur" heading="legal.publisher">
        <p>{publisher || institution}</p>
      </Part>
      <Part ui={ui} id="directeur" heading="legal.director">
        <Given ui={ui} value={publicationDirector} />
      </Part>
      <Part ui={ui} id="hebergeur" heading="legal.host">
        <Given ui={ui} value={host} />
      </Part>
      <Part ui={ui} id="contact" heading="legal.contact">
        <Helpdesk ui={ui} />
      </Part>
      <Part ui={ui} id="logiciel" heading="legal.software">
        <p>{ui.say('legal.software.detail')}</p>
      </Part>
    </Page>
  )
}
