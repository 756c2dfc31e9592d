import type { ComponentChildren } from 'preact'
import { Page } from '../layout.tsx'
import type { Opening } from '../step-indicator.tsx'
import { DoorDrawing } from '../step-indicator.tsx'
import type { Ui } from '../ui.ts'

const doors = [
  ['forgotten', 'home.forgotten', 'home.forgotten.detail', 'shut'],
  ['activation', 'nav.activation', 'home.activation.detail', 'half-open'],
  ['account', 'nav.account', 'home.account.detail', 'open'],
] as const satisfies readonly (readonly [string, string, string, Opening])[]

/** Three doors; `below`: what a demonstration adds. */
export const homePage = ({ ui, below }: { ui: Ui; below?: ComponentChildren }) => {
  const { say, href } = ui
  return (
    <Page ui={ui} title={say('nav.home')} heading={say('home.title')} lead={say('home.lead')}>
      <ul class="doors wide">
        {doors.map(([route, title, detail, opening]) => (
          <li>
            <a href={href(route)}>
              <span class="door-frame" aria-hidden="true">
                <DoorDrawing opening={opening} />
              </span>
              <div>
                <h2>{say(title)}</h2>
                <p>{say(detail)}</p>
              </div>
            </a>
          </li>
        ))}
      </ul>
      {below}
    </Page>
  )
}
