import type { Configuration } from '../config/config.ts'
import type { Limits } from '../limits/limits.ts'
import { inLanguage } from '../texts/translated.ts'
import { Page } from '../ui/layout.tsx'
import { Table } from '../ui/table.tsx'
import type { Ui } from '../ui/ui.ts'
import {
  type CookieName,
  cookieLifetimes,
  type DataCategory,
  type RetentionPeriod,
  retentionPeriods,
} from './retention-periods.ts'
import { DemonstrationNote, StatementSection } from './statement.part.tsx'

type Props = {
  readonly ui: Ui
  readonly limits: Limits
  readonly config: Configuration
  /** Number of past passwords of which the portal keeps fingerprints. */
  readonly history: number
}

const periodText = (ui: Ui, { key, duration = {} }: RetentionPeriod) =>
  ui.say(key, Object.fromEntries(Object.entries(duration).map(([name, ms]) => [name, ui.duration(ms)])))

/**
 * The categories that this portal stores: no history unless the portal compares passwords, no embedded directory unless it is a
 * demonstration, no numbers unless they were imported.
 */
const lines = ({ ui, limits, history, config }: Props) =>
  (Object.entries(retentionPeriods(limits)) as [DataCategory, RetentionPeriod][]).filter(
    ([name]) =>
      (name !== 'directory' || ui.demonstration) &&
      (name !== 'history' || history > 0) &&
      (name !== 'identification' || config.identification === 'import'),
  )

const RetentionTable = (props: Props) => {
  const { ui, history } = props
  return (
    <div class="wide">
      <Table
        ui={ui}
        label={ui.say('privacy.title')}
        columns={[ui.say('privacy.what'), ui.say('privacy.why'), ui.say('privacy.long')]}
        rows={lines(props).map(([name, long]) => ({
          name: ui.say(`privacy.${name}`, { history }),
          cells: [ui.say(`privacy.${name}.why`), periodText(ui, long)],
        }))}
      />
    </div>
  )
}

const Recipients = ({ ui, config }: Props) => {
  const { say, branding, language } = ui
  const services = config.services.map(({ name }) => inLanguage(name, language)).join(', ')
  return (
    <StatementSection ui={ui} id="qui" heading="privacy.seen">
      <p>{say('privacy.seen.desk')}</p>
      <p>{say('privacy.seen.never')}</p>
      <p>{say('privacy.seen.services', { services })}</p>
      {config.sms.kind !== 'none' && <p>{say('privacy.seen.sms')}</p>}
      {branding.host && <p>{say('privacy.seen.host', { host: branding.host })}</p>}
      <p>{say('privacy.seen.nowhere')}</p>
    </StatementSection>
  )
}

const Cookies = ({ ui, limits, config }: Props) => {
  const { say } = ui
  const held = (Object.entries(cookieLifetimes(limits)) as [CookieName, number][]).filter(
    ([name]) => name !== 'external' || config.signIn.server.kind !== 'embedded',
  )
  return (
    <StatementSection ui={ui} id="cookies" heading="privacy.cookies">
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
    </StatementSection>
  )
}

const Rights = ({ ui }: Props) => {
  const { dataProtection } = ui.branding
  return (
    <StatementSection ui={ui} id="droits" heading="privacy.rights">
      <p>{ui.say('privacy.rights.own')}</p>
      <p>
        {dataProtection
          ? ui.say('privacy.rights.officer', { officer: dataProtection })
          : ui.say('privacy.rights.no-officer')}
      </p>
      <p>{ui.say('privacy.rights.authority')}</p>
    </StatementSection>
  )
}

/** Personal data: categories, purposes, retention, recipients and rights (GDPR, article 13). */
export const privacyPage = (props: Props) => {
  const { ui } = props
  const { publisher, institution } = ui.branding
  return (
    <Page ui={ui} heading={ui.say('privacy.title')} lead={ui.say('privacy.lead')}>
      <DemonstrationNote ui={ui} />
      <RetentionTable {...props} />
      <StatementSection ui={ui} id="responsable" heading="privacy.controller">
        <p>{ui.say('privacy.controller.who', { publisher: publisher || institution })}</p>
        <p>{ui.say('privacy.controller.ground')}</p>
      </StatementSection>
      <Recipients {...props} />
      <Cookies {...props} />
      <Rights {...props} />
    </Page>
  )
}
