import type { Session } from '../../identity/session.ts'
import { Table } from '../../ui/table.tsx'
import type { Ui } from '../../ui/ui.ts'
import { AccountPage } from '../account.page.tsx'

/** Form value that ends all sessions but this one; any other value is the `ref` of one session. */
export const others = 'autres'

type Props = {
  readonly ui: Ui
  readonly now: number
  readonly current: Session
  readonly sessions: readonly Session[]
}

const deviceName = (ui: Ui, { device }: Session) => device || ui.say('sessions.unknown')

const End = ({ ui, session }: { ui: Ui; session: Session }) => (
  <form method="post" action={ui.href('sessions')}>
    <input type="hidden" name="session" value={session.ref} />
    <button class="button second" type="submit">
      {ui.say('sessions.end')}
      <span class="unseen"> {ui.say('sessions.end.which', { device: deviceName(ui, session) })}</span>
    </button>
  </form>
)

const rowOf = ({ ui, current }: Props, session: Session) => {
  const { say } = ui
  const isCurrent = session.id === current.id
  return {
    name: deviceName(ui, session),
    cells: [
      ui.dateTime(session.createdAt),
      isCurrent ? say('sessions.now') : ui.dateTime(session.seenAt),
      say(`sessions.by.${session.how}`),
      say(session.network === current.network ? 'sessions.network.same' : 'sessions.network.other'),
      isCurrent ? <b>{say('sessions.here')}</b> : <End ui={ui} session={session} />,
    ],
  }
}

export const sessionsPage = (props: Props) => {
  const { ui, sessions } = props
  const { say } = ui
  return (
    <AccountPage
      ui={ui}
      currentPage={{ route: 'sessions' }}
      heading={say('sessions.title')}
      lead={say('sessions.lead')}
    >
      <div class="wide">
        <Table
          ui={ui}
          label={say('sessions.title')}
          columns={[
            say('sessions.device'),
            say('sessions.since'),
            say('sessions.seen'),
            say('sessions.by'),
            say('sessions.network'),
            say('sessions.action'),
          ]}
          rows={sessions.map(session => rowOf(props, session))}
        />
      </div>
      {sessions.length > 1 && (
        <form method="post" action={ui.href('sessions')}>
          <input type="hidden" name="session" value={others} />
          <button class="button" type="submit">
            {say('sessions.end-others')}
          </button>
          <p class="quiet">{say('sessions.end-others.detail')}</p>
        </form>
      )}
    </AccountPage>
  )
}
