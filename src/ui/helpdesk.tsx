import { inLanguage } from '../texts/translated.ts'
import type { Ui } from './ui.ts'

export const Phone = ({ ui }: { ui: Ui }) => {
  const { phone } = ui.branding.helpdesk
  return <a href={`tel:${phone.replace(/[^+\d]/g, '')}`}>{phone.replaceAll(' ', '\u00a0')}</a>
}

export const Mail = ({ ui }: { ui: Ui }) => {
  const { mail } = ui.branding.helpdesk
  return <a href={`mailto:${mail}`}>{mail}</a>
}

/** « Une personne peut vous aider : … », at the same place on every page (WCAG 3.2.6). */
export const Helpdesk = ({ ui }: { ui: Ui }) => (
  <p>
    {ui.say('foot.person')}{' '}
    <span class="nb">
      <Phone ui={ui} />,
    </span>{' '}
    {inLanguage(ui.branding.helpdesk.hours, ui.language)}, {ui.say('foot.or')} <Mail ui={ui} />
  </p>
)
