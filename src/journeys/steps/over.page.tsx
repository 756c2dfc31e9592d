import type { RouteName } from '../../routes.ts'
import type { TextKey } from '../../texts/texts.ts'
import { Door } from '../../ui/doors.tsx'
import { Page } from '../../ui/layout.tsx'
import type { Ui } from '../../ui/ui.ts'
import type { AnyRoad, Over } from './steps.ts'

type Props = { readonly ui: Ui; readonly road: AnyRoad; readonly why: Over }

/** What may be done next: the journey again, recovery for an account that is active already, else nothing here. */
const nextOf = ({ road, why }: Props): { route: RouteName; words: TextKey } => {
  if (why === 'account-active') return { route: 'chooseNumber', words: 'over.recover' }
  return why === 'journey-expired' || why === 'too-many-refusals'
    ? { route: road.choose, words: 'over.restart' }
    : { route: 'home', words: 'problem.home' }
}

/** Where a journey ended before its last page: why, what is still safe, how to go on. */
export const overPage = (props: Props) => {
  const { ui, why } = props
  const { route, words } = nextOf(props)
  const opening = why === 'account-active' ? 'open' : 'shut'
  return (
    <Page ui={ui} title={ui.say(why)} heading={ui.say(why)} onTheLine={<Door opening={opening} />}>
      <p>{ui.say(`over.${why}`)}</p>
      <p>
        <a class="button" href={ui.href(route)}>
          {ui.say(words)}
        </a>
      </p>
    </Page>
  )
}
