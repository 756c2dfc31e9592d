import type { RouteName } from '../../routes.ts'
import type { TextKey } from '../../texts/texts.ts'
import { HelpdeskLine } from '../../ui/helpdesk.tsx'
import type { Ui } from '../../ui/ui.ts'
import { AccountPage } from '../account.page.tsx'

type Props = {
  readonly ui: Ui
  readonly route: RouteName
  readonly heading: TextKey
  /** When contacts and factors can be changed again. */
  readonly until: number
}

/** In place of a page of contacts or factors, after a recovery: until when nothing is added or removed, and why. */
export const coolDownPage = ({ ui, route, heading, until }: Props) => (
  <AccountPage ui={ui} currentPage={{ route }} heading={ui.say(heading)}>
    <p class="note">{ui.say('cool-down.until', { at: ui.dateTime(until) })}</p>
    <p>{ui.say('cool-down.why')}</p>
    <p>{ui.say('cool-down.not-me')}</p>
    <HelpdeskLine ui={ui} />
  </AccountPage>
)
