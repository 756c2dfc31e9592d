import { inLanguage } from '../texts/translated.ts'
import type { Ui } from './ui.ts'

const telephoneUrl = (phone: string) => `tel:${phone.replace(/[^+\d]/g, '')}`

export const Phone = ({ ui }: { ui: Ui }) => {
  const { phone } = ui.branding.helpdesk
  return <a href={telephoneUrl(phone)}>{phone.replaceAll(' ', '\u00a0')}</a>
}

export const Mail = ({ ui }: { ui: Ui }) => {
  const { mail } = ui.branding.helpdesk
  return <a href={`mailto:${mail}`}>{mail}</a>
}

/** Its telephone and its address, below a sentence that says to contact it. An address is too long to be large beside a text. */
export const HelpdeskLine = ({ ui }: { ui: Ui }) => (
  <p>
    <span class="big">
      <Phone ui={ui} />
    </span>{' '}
    {ui.say('foot.or')} <Mail ui={ui} />
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

/** The main button of a page on which only a person can help, and when they answer. */
export const CallHelpdesk = ({ ui }: { ui: Ui }) => {
  const { phone, hours } = ui.branding.helpdesk
  return (
    <>
      <p>
        <a class="button" href={telephoneUrl(phone)}>
          {ui.say('stop.call', { phone: phone.replaceAll(' ', '\u00a0') })}
        </a>
      </p>
      <p class="quiet">
        {inLanguage(hours, ui.language)}, {ui.say('foot.or')} <Mail ui={ui} />
      </p>
    </>
  )
}

/** Beside the one thing to do on a page that stops: whom to call. */
export const HelpdeskAside = ({ ui }: { ui: Ui }) => (
  <aside class="aside stack">
    <h2>{ui.say('stop.helpdesk')}</h2>
    <HelpdeskLine ui={ui} />
    <p class="quiet">{inLanguage(ui.branding.helpdesk.hours, ui.language)}</p>
  </aside>
)
