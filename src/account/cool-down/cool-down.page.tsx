import type { AccessMethod } from '../../identity/access-methods.ts'
import { HelpdeskLine } from '../../ui/helpdesk.tsx'
import type { Ui } from '../../ui/ui.ts'
import { AccountPage } from '../account.page.tsx'
import type { ChangePage } from './changes.ts'

type Props = {
  readonly ui: Ui
  readonly changePage: ChangePage
  /** When contacts, factors and joker can be changed again. */
  readonly until: number
  /** What was set so shortly before that it can be removed. */
  readonly removable: readonly AccessMethod[]
  /** How old that is at most. */
  readonly recent: number
}

const Removable = ({
  ui,
  changePage,
  method,
}: Pick<Props, 'ui' | 'changePage'> & { method: AccessMethod }) => {
  const { route, heading, verb } = changePage
  const name = method.name || ui.say(heading)
  return (
    <li>
      <span>
        <b>{name}</b> <span class="quiet">{ui.dateTime(method.since)}</span>
      </span>
      <form method="post" action={ui.href(route)}>
        <input type="hidden" name={verb ?? ''} value="retirer" />
        <input type="hidden" name="laquelle" value={method.id} />
        <button class="button second" type="submit">
          {ui.say('addresses.remove')}
          <span class="unseen"> {name}</span>
        </button>
      </form>
    </li>
  )
}

/** In place of a page that changes contacts, factors or the joker, after a recovery: until when nothing is added, and why. */
export const coolDownPage = ({ ui, changePage, until, removable, recent }: Props) => {
  const { route, heading, verb } = changePage
  const about = verb ? 'cool-down' : 'cool-down.joker'
  return (
    <AccountPage ui={ui} currentPage={{ route }} heading={ui.say(heading)}>
      <p class="note">{ui.say(`${about}.until`, { at: ui.dateTime(until) })}</p>
      <p>{ui.say(`${about}.why`, { recent: ui.duration(recent) })}</p>
      {removable.length > 0 && (
        <ul class="lines">
          {removable.map(method => (
            <Removable ui={ui} changePage={changePage} method={method} />
          ))}
        </ul>
      )}
      <p>{ui.say('cool-down.not-me')}</p>
      <HelpdeskLine ui={ui} />
    </AccountPage>
  )
}
