import type { Charter } from '../../charter.ts'
import { Page } from '../layout.tsx'
import type { Ui } from '../ui.ts'

/** The règlement intérieur, at the address of its version. */
export const charterPage = ({ ui, charter }: { ui: Ui; charter: Charter }) => (
  <Page
    ui={ui}
    title={ui.say('charter.title')}
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
    <Page
      ui={ui}
      title={say('accessibility.title')}
      heading={say('accessibility.title')}
      lead={say('accessibility.lead')}
    >
      <p>{say(`accessibility.${branding.accessibility}`)}</p>
      <p>{say('accessibility.built')}</p>
      <p>{say('accessibility.limit')}</p>
      <p>
        {say('accessibility.contact')}{' '}
        <a href={`mailto:${branding.helpdesk.mail}`}>{branding.helpdesk.mail}</a>
      </p>
      <p>{say('accessibility.rights')}</p>
    </Page>
  )
}

export const legalPage = ({ ui }: { ui: Ui }) => {
  const { say, branding } = ui
  return (
    <Page ui={ui} title={say('legal.title')} heading={say('legal.title')}>
      <section aria-labelledby="editeur">
        <h2 id="editeur">{say('legal.publisher')}</h2>
        <p>{branding.publisher || branding.institution}</p>
      </section>
      <section aria-labelledby="logiciel">
        <h2 id="logiciel">{say('legal.software')}</h2>
        <p>{say('legal.software.detail')}</p>
      </section>
    </Page>
  )
}

const kept = ['journey', 'password', 'history', 'joker', 'charter', 'log', 'limits'] as const

export const privacyPage = ({ ui }: { ui: Ui }) => {
  const { say, language } = ui
  const colon = language === 'fr' ? ' :' : ':'
  return (
    <Page ui={ui} title={say('privacy.title')} heading={say('privacy.title')} lead={say('privacy.lead')}>
      <table role="table" class="wide" aria-label={say('privacy.title')}>
        <thead role="rowgroup">
          <tr role="row">
            {(['what', 'why', 'long'] as const).map(key => (
              <th role="columnheader" scope="col">
                {say(`privacy.${key}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {kept.map(key => (
            <tr role="row">
              <th role="rowheader" scope="row">
                {say(`privacy.${key}`)}
              </th>
              <td role="cell" data-label={say('privacy.why') + colon}>
                {say(`privacy.${key}.why`)}
              </td>
              <td role="cell" data-label={say('privacy.long') + colon}>
                {say(`privacy.${key}.long`)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <p>{say('privacy.cookies')}</p>
      <p>{say('privacy.rights')}</p>
    </Page>
  )
}
