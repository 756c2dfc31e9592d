import type { Configuration } from '../config/config.ts'
import type { Limits } from '../limits.ts'
import { Page } from '../ui/layout.tsx'
import { Table } from '../ui/table.tsx'
import type { Ui } from '../ui/ui.ts'
import type { CookieName } from '../web/cookies.ts'
import { cookiesFor, type HowLong, type Kept, keptFor } from './kept.ts'
import { Invented, Part } from './statement.tsx'

type Props = {
  readonly ui: Ui
  readonly limits: Limits
  readonly config: Configuration
  /** How many past passwords are compared. */
  readonly history: number
}

const longOf = (ui: Ui, { key, duration = {} }: HowLong) =>
  ui.say(key, Object.fromEntries(Object.entries(duration).map(([name, ms]) => [name, ui.duration(ms)])))

/** What this portal keeps: no history where none is compared, no invented directory where there is a real one. */
const lines = ({ ui, limits, history }: Props) =>
  (Object.entries(keptFor(limits)) as [Kept, HowLong][]).filter(
    ([name]) => (name !== 'directory' || ui.demonstration) && (name !== 'history' || history > 0),
  )

const What = (props: Props) => {
  const { ui, history } = props
  return (
    <div class="wide">
      <Table
        ui={ui}
        label={ui.say('privacy.title')}
        columns={[ui.say('privacy.what'), ui.say('privacy.why'), ui.say('privacy.long')]}
        rows={lines(props).map(([name, long]) => ({
          name: ui.say(`privacy.${name}`, { history }),
          cells: [ui.say(`privacy.${name}.why`), longOf(ui, long)],
        }))}
      />
    </div>
  )
}

const Seen = ({ ui, config }: Props) => {
  const { say, branding, language } = ui
  const services = config.services.map(({ name }) => name[language]).join(', ')
  return (
    <Part ui={ui} id="qui" heading="privacy.seen">
      <p>{say('privacy.seen.desk')}</p>
      <p>{say('privacy.seen.never')}</p>
      <p>{say('privacy.seen.services', { services })}</p>
      {config.sms.kind !== 'none' && <p>{say('privacy.seen.sms')}</p>}
      {branding.host && <p>{say('privacy.seen.host', { host: branding.host })}</p>}
      <p>{say('privacy.seen.nowhere')}</p>
    </Part>
  )
}

const Cookies = ({ ui, limits, config }: Props) => {
  const { say } = ui
  const held = (Object.entries(cookiesFor(limits)) as [CookieName, number][]).filter(
    ([name]) => name !== 'away' || config.signIn.server.kind !== 'embedded',
  )
  return (
    <Part ui={ui} id="cookies" heading="privacy.cookies">
      <Table
        ui={ui}
        label={say('privacy.cookies')}
        columns={[say('privacy.cookie'), say('privacy.long')]}
        rows={held.map(([name, long]) => ({
          name: say(`privacy.cookie.${name}`),
          cells: [ui.duration(long)],
        }))}
      />
      <p>{say('privacy.cookies.none')}</p>
    </Part>
  )
}

const Rights = ({ ui }: Props) => {
  const { dataProtection } = ui.branding
  return (
    <Part ui={ui} id="droits" heading="privacy.rights">
      <p>{ui.say('privacy.rights.own')}</p>
      <p>
        {dataProtection
          ? ui.say('privacy.rights.officer', { officer: dataProtection })
          : ui.say('privacy.rights.no-officer')}
      </p>
      <p>{ui.say('privacy.rights.authority')}</p>
    </Part>
  )
}

/** What is kept, why, how long, who sees it, and what one may ask (GDPR, article 13). */
export const privacyPage = (props: Props) => {
  const { ui } = props
  const { publisher, institution } = ui.branding
  return (
    <Page ui={ui} heading={ui.say('privacy.title')} lead={ui.say('privacy.lead')}>
      <Invented ui={ui} />
      <What {...props} />
      <Part ui={ui} id="responsable" heading="privacy.controller">
        <p>{ui.say('privacy.controller.who', { publisher: publisher || institution })}</p>
        <p>{ui.say('privacy.controller.ground')}</p>
      </Part>
      <Seen {...props} />
      <Cookies {...props} />
      <Rights {...props} />
    </Page>
  )
}
