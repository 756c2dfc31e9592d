import type { Limits } from '../limits/limits.ts'
import { inLanguage } from '../texts/translated.ts'
import { Helpdesk } from '../ui/helpdesk.tsx'
import { Page } from '../ui/layout.tsx'
import type { Ui } from '../ui/ui.ts'
import { DemonstrationNote, StatementSection } from './statement.part.tsx'

type Props = { readonly ui: Ui; readonly limits: Limits; readonly address: string }

const ombudsman = {
  write: 'https://formulaire.defenseurdesdroits.fr/',
  meet: 'https://www.defenseurdesdroits.fr/saisir/delegues',
} as const

const Results = ({ ui }: { ui: Ui }) => {
  const { audit, accessibility } = ui.branding
  const failures = (audit && inLanguage(audit.inaccessible, ui.language)) ?? []
  const none = ui.say(audit ? 'accessibility.failures.none' : 'accessibility.failures.unknown')
  return (
    <>
      <StatementSection ui={ui} id="etat" heading="accessibility.state">
        <p>{ui.say(audit ? `accessibility.${accessibility}` : 'accessibility.no.unaudited')}</p>
      </StatementSection>
      <StatementSection ui={ui} id="resultats" heading="accessibility.results">
        {audit && (
          <p>
            {ui.say('accessibility.audit', { by: audit.by, date: dateOf(ui, audit.date), rate: audit.rate })}
          </p>
        )}
        <p>{ui.say('accessibility.automatic')}</p>
      </StatementSection>
      <StatementSection ui={ui} id="defauts" heading="accessibility.failures">
        {failures.length === 0 ? (
          <p>{none}</p>
        ) : (
          <ul class="dashes stack">
            {failures.map(failure => (
              <li>{failure}</li>
            ))}
          </ul>
        )}
      </StatementSection>
    </>
  )
}

const dateOf = (ui: Ui, date: string) => ui.date(Date.parse(`${date}T12:00:00Z`))

const Rights = ({ ui }: { ui: Ui }) => (
  <StatementSection ui={ui} id="recours" heading="accessibility.rights">
    <p>{ui.say('accessibility.rights.when')}</p>
    <ul class="dashes stack">
      {(['write', 'meet'] as const).map(way => (
        <li>
          <a href={ombudsman[way]}>{ui.say(`accessibility.rights.${way}`)}</a>
        </li>
      ))}
      <li>{ui.say('accessibility.rights.post')}</li>
    </ul>
  </StatementSection>
)

/** The accessibility statement, in the form required by RGAA 4.1. */
export const accessibilityPage = ({ ui, limits, address }: Props) => {
  const { say, branding } = ui
  const { audit } = branding
  const limit = { idle: ui.duration(limits.journeyIdle), whole: ui.duration(limits.journeyMaxAge) }
  return (
    <Page ui={ui} heading={say('accessibility.title')} lead={say('accessibility.lead')}>
      <DemonstrationNote ui={ui} />
      <p>{say('accessibility.pledge', { institution: branding.institution, address })}</p>
      <Results ui={ui} />
      <p>{say('accessibility.limit', limit)}</p>
      <StatementSection ui={ui} id="etablie" heading="accessibility.made">
        <p>
          {audit
            ? say('accessibility.made.date', { date: dateOf(ui, audit.date) })
            : say('accessibility.made.undated')}
        </p>
        <p>{say('accessibility.technologies')}</p>
        <p>{say('accessibility.tools')}</p>
        <p>{say('accessibility.pages')}</p>
      </StatementSection>
      <StatementSection ui={ui} id="contact" heading="accessibility.help">
        <p>{say('accessibility.contact')}</p>
        <Helpdesk ui={ui} />
      </StatementSection>
      <Rights ui={ui} />
    </Page>
  )
}
