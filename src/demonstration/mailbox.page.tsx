import { Page } from '../ui/layout.tsx'
import type { Ui } from '../ui/ui.ts'

export type DemoMail = {
  readonly id: string
  readonly recipient: string
  readonly subject: string
  readonly html: string
  readonly body: string
  readonly received_at: number
}

/** A mail has the language of its journey, which may differ from that of the page around it (RGAA 8.7). */
const languageOf = ({ html }: DemoMail) => /<html lang="(\w+)"/.exec(html)?.[1]

/** The mailbox of the demonstration: lists the mails that were sent. */
export const demoMailsPage = ({ ui, mails }: { ui: Ui; mails: readonly DemoMail[] }) => (
  <Page ui={ui} heading={ui.say('mails.title')} lead={ui.say('mails.lead')}>
    {mails.length === 0 ? (
      <p>{ui.say('mails.none')}</p>
    ) : (
      <ul class="lines">
        {mails.map(mail => (
          <li>
            <span>
              <a href={ui.href('demoMail', { id: mail.id })} lang={languageOf(mail)}>
                {mail.subject}
              </a>{' '}
              <span class="quiet">
                {ui.say('mails.to', { to: mail.recipient, at: ui.dateTime(mail.received_at) })}
              </span>
            </span>
          </li>
        ))}
      </ul>
    )}
    <aside class="aside">
      <a class="button second" href={ui.href('demoMails')}>
        {ui.say('mails.refresh')}
      </a>
    </aside>
  </Page>
)

const links = /(https?:\/\/\S+)/

/** One mail, as text with links: the content security policy refuses the inline styles of its HTML. */
export const demoMailPage = ({ ui, mail }: { ui: Ui; mail: DemoMail }) => (
  <Page
    ui={ui}
    heading={mail.subject}
    lead={ui.say('mails.to', { to: mail.recipient, at: ui.dateTime(mail.received_at) })}
  >
    <pre lang={languageOf(mail)}>
      {mail.body.split(links).map(part => (links.test(part) ? <a href={part}>{part}</a> : part))}
    </pre>
    <p>
      <a class="go" href={ui.href('demoMails')}>
        {ui.say('mails.back')}
      </a>
    </p>
  </Page>
)
