import { Page } from '../../ui/layout.tsx'
import { DoorDrawing } from '../../ui/step-indicator.tsx'
import type { Ui } from '../../ui/ui.ts'

/** « Identifiants oubliés »: two cards. */
export const forgottenPage = ({ ui }: { ui: Ui }) => {
  const { say, href } = ui
  const cards = [
    ['chooseNumber', 'forgotten.password', 'forgotten.password.detail', 'shut'],
    ['identifier', 'forgotten.identifier', 'forgotten.identifier.detail', 'half-open'],
  ] as const
  return (
    <Page ui={ui} heading={say('forgotten.title')} lead={say('forgotten.lead')}>
      <ul class="doors wide">
        {cards.map(([route, title, detail, opening]) => (
          <li>
            <span class="door-frame" aria-hidden="true">
              <DoorDrawing state={opening} />
            </span>
            <div>
              <h2>
                <a href={href(route)}>{say(title)}</a>
              </h2>
              <p>{say(detail)}</p>
            </div>
          </li>
        ))}
      </ul>
      <p>{say('forgotten.both')}</p>
    </Page>
  )
}
