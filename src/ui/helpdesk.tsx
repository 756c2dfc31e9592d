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

/** Its telephone and its address, below a sentence that says to contact it. */
export const HelpdeskLine = ({ ui }: { ui: Ui }) => (
  <p class="big">
    <Phone ui={ui} /> {ui.say('foot.or')} <Mail ui={ui} />
  </p>
)

/** The same, below sentences that are known only when the page is made. */
export const HelpdeskIfNamed = ({ ui, sentences }: { ui: Ui; sentences: readonly string[] }) =>
  sentences.some(sentence => sentence.includes(ui.say('helpdesk.word'))) ? <HelpdeskLine ui={ui} /> : null

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
