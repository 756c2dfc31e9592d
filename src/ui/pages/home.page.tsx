import type { ComponentChildren } from 'preact'
import { Page } from '../layout.tsx'
import type { DoorState } from '../step-indicator.tsx'
import { DoorDrawing } from '../step-indicator.tsx'
import type { Ui } from '../ui.ts'

const entries = [
  ['forgotten', 'home.forgotten', 'home.forgotten.detail', 'shut'],
  ['activation', 'nav.activation', 'home.activation.detail', 'half-open'],
  ['account', 'nav.account', 'home.account.detail', 'open'],
] as const satisfies readonly (readonly [string, string, string, DoorState])[]

/** The three entries of the portal; `below`: content that a demonstration adds. */
export const homePage = ({ ui, below }: { ui: Ui; below?: ComponentChildren }) => {
  const { say, href } = ui
  return (
    <Page ui={ui} heading={say('home.title')} lead={say('home.lead')}>
      <ul class="doors wide">
        {entries.map(([route, title, detail, state]) => (
          <li>
            <span class="door-frame" aria-hidden="true">
              <DoorDrawing state={state} />
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
      {below}
    </Page>
  )
}
