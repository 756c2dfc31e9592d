import { Helpdesk, HelpdeskAside } from '../ui/helpdesk.tsx'
import { Page } from '../ui/layout.tsx'
import type { Ui } from '../ui/ui.ts'
import { DemonstrationNote, StatementSection, StatementValue } from './statement.part.tsx'

/** The legal notice (law 2004-575 of 21 June 2004, article 1-1). */
export const legalPage = ({ ui }: { ui: Ui }) => {
  const { publisher, institution, publicationDirector, host } = ui.branding
  return (
    <Page ui={ui} heading={ui.say('legal.title')}>
      <DemonstrationNote ui={ui} />
      <StatementSection ui={ui} id="editeur" heading="legal.publisher">
        <p>{publisher || institution}</p>
      </StatementSection>
      <StatementSection ui={ui} id="directeur" heading="legal.director">
        <StatementValue ui={ui} value={publicationDirector} />
      </StatementSection>
      <StatementSection ui={ui} id="hebergeur" heading="legal.host">
        <StatementValue ui={ui} value={host} />
      </StatementSection>
      <StatementSection ui={ui} id="contact" heading="legal.contact">
        <Helpdesk ui={ui} />
      </StatementSection>
      <StatementSection ui={ui} id="logiciel" heading="legal.software">
        <p>{ui.say('legal.software.detail')}</p>
      </StatementSection>
      <HelpdeskAside ui={ui} />
    </Page>
  )
}
