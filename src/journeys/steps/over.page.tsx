import { Door } from '../../ui/doors.tsx'
import { Page } from '../../ui/layout.tsx'
import type { Ui } from '../../ui/ui.ts'
import type { AnyRoad, Over } from './steps.ts'

const restarts: readonly Over[] = ['journey-expired', 'too-many-refusals']

type Props = { readonly ui: Ui; readonly road: AnyRoad; readonly why: Over }

/** Where a journey ended before its last page: why, what is still safe, how to go on. */
export const overPage = ({ ui, road, why }: Props) => (
  <Page ui={ui} title={ui.say(why)} heading={ui.say(why)} onTheLine={<Door opening="shut" />}>
    <p>{ui.say(`over.${why}`)}</p>
    <p>
      <a class="button" href={ui.href(restarts.includes(why) ? road.choose : 'home')}>
        {ui.say(restarts.includes(why) ? 'over.restart' : 'problem.home')}
      </a>
    </p>
  </Page>
)
