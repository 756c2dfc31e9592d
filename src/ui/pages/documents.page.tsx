import type { Charter } from '../../charter.ts'
import { Mail } from '../helpdesk.tsx'
import { Page } from '../layout.tsx'
import { Table } from '../table.tsx'
import type { Ui } from '../ui.ts'

/** The règlement intérieur, at the address of its version. */
export const charterPage = ({ ui, charter }: { ui: Ui; charter: Charter }) => (
  <Page
    ui={ui}
    heading={ui.say('charter.title')}
    lead={ui.say('charter.version', { version: charter.version })}
  >
    {charter.demonstration && <p class="note">{ui.say('charter.demo')}</p>}
    {charter.paragraphs[ui.language].map(({ heading, text }) => (heading ? <h2>{text}</h2> : <p>{text}</p>))}
  </Page>
)

export const accessibilityPage = ({ ui }: { ui: Ui }) => {
  const { say, branding } = ui
  return (
    <Page ui={ui} heading={say('accessibility.title')} lead={say('accessibility.lead')}>
      <p>{say(`accessibility.${branding.accessibility}`)}</p>
      <p>{say('accessibility.built')}</p>
      <p>{say('accessibility.limit')}</p>
      <p>
        {say('accessibility.contact')} <Mail ui={ui} />
      </p>
      <p>{say('accessibility.rights')}</p>
    </Page>
  )
}

export const legalPage = ({ ui }: { ui: Ui }) => {
  const { say, branding } = ui
  return (
    <Page ui={ui} heading={say('legal.title')}>
      <section aria-labelledby="editeur">
        <h2 id="editeur">{say('legal.publisher')}</h2>
        <p>{branding.publisher || branding.institution}</p>
        {branding.publicationDirector && (
          <p>
            {say('legal.director')} {branding.publicationDirector}
          </p>
        )}
      </section>
      {branding.host && (
        <section aria-labelledby="hebergeur">
          <h2 id="hebergeur">{say('legal.host')}</h2>
          <p>{branding.host}</p>
        </section>
      )}
      <section aria-labelledby="logiciel">
        <h2 id="logiciel">{say('legal.software')}</h2>
        <p>{say('legal.software.detail')}</p>
      </section>
    </Page>
  )
}

const kept = [
  'journey',
  'password',
  'history',
  'joker',
  'factors',
  'contacts',
  'codes',
  'sessions',
  'activation-code',
  'charter',
  'log',
  'limits',
] as const

export const privacyPage = ({ ui }: { ui: Ui }) => {
  const { say } = ui
  return (
    <Page ui={ui} heading={say('privacy.title')} lead={say('privacy.lead')}>
      <div class="wide">
        <Table
          ui={ui}
          label={say('privacy.title')}
          columns={[say('privacy.what'), say('privacy.why'), say('privacy.long')]}
          rows={kept.map(key => ({
            name: say(`privacy.${key}`),
            cells: [say(`privacy.${key}.why`), say(`privacy.${key}.long`)],
          }))}
        />
      </div>
      <p>{say('privacy.cookies')}</p>
      <p>{say('privacy.rights')}</p>
      {ui.branding.dataProtection && (
        <p>
          {say('privacy.officer')} {ui.branding.dataProtection}
        </p>
      )}
    </Page>
  )
}
