import { Door } from '../../ui/doors.tsx'
import { Page } from '../../ui/layout.tsx'
import type { Ui } from '../../ui/ui.ts'
import type { Over } from './password.ts'

const restarts: readonly (Over | 'journey-expired')[] = ['journey-expired', 'too-many-refusals']

/** Where a journey ended without a new password: why, what is still safe, how to go on. */
export const overPage = ({ ui, why }: { ui: Ui; why: Over | 'journey-expired' }) => (
  <Page ui={ui} title={ui.say(why)} heading={ui.say(why)} onTheLine={<Door opening="shut" />}>
    <p>{ui.say(`over.${why}`)}</p>
    <p>
      <a class="button" href={ui.href(restarts.includes(why) ? 'chooseNumber' : 'home')}>
        {ui.say(restarts.includes(why) ? 'over.restart' : 'problem.home')}
      </a>
    </p>
  </Page>
)
