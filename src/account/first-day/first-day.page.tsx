import type { RouteName } from '../../routes.ts'
import type { TextKey } from '../../texts/texts.ts'
import { Icon } from '../../ui/icons.tsx'
import { DoorDrawing } from '../../ui/step-indicator.tsx'
import type { Ui } from '../../ui/ui.ts'
import { AccountPage } from '../account.page.tsx'
import type { MissingRecovery } from './first-day.ts'

type LineProps = {
  readonly ui: Ui
  readonly name: TextKey
  readonly to: RouteName
  readonly isMissing: boolean
}

const Line = ({ ui, name, to, isMissing }: LineProps) => (
  <li>
    <span>
      <b>{ui.say(name)}</b> <span class="quiet">{ui.say(`${name}.why` as TextKey)}</span>
    </span>
    {isMissing ? (
      <a href={ui.href(to)}>
        {ui.say('first-day.set')}
        <span class="unseen"> {ui.say(name)}</span>
      </a>
    ) : (
      <span class="state good">
        <Icon shape="good" />
        <span>{ui.say('first-day.done')}</span>
      </span>
    )}
  </li>
)

export const firstDayPage = ({ ui, missing, left }: { ui: Ui; missing: MissingRecovery; left: number }) => {
  const { say } = ui
  return (
    <AccountPage
      ui={ui}
      currentPage={{ route: 'firstDay' }}
      heading={say('first-day.title')}
      lead={say('first-day.lead')}
      progress={<DoorDrawing state="half-open" />}
    >
      <ul class="lines">
        <Line ui={ui} name="first-day.joker" to="jokerChoice" isMissing={missing.joker} />
        <Line ui={ui} name="first-day.address" to="addresses" isMissing={missing.address} />
      </ul>
      {left > 0 ? (
        <form method="post" action={ui.href('firstDay')}>
          <button class="button second" type="submit">
            {say('first-day.later')}
          </button>
          <p class="quiet">{say('first-day.left', { left })}</p>
        </form>
      ) : (
        <p class="note">{say('first-day.now')}</p>
      )}
    </AccountPage>
  )
}
