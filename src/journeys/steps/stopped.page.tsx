import { type RouteName, returnSlugs } from '../../routes.ts'
import type { TextKey } from '../../texts/texts.ts'
import { DoorDrawing } from '../../ui/step-indicator.tsx'
import { StopPage } from '../../ui/stop.tsx'
import type { Ui } from '../../ui/ui.ts'
import type { JourneyOutline, StoppedBecause } from './steps.ts'

type Props = { readonly ui: Ui; readonly definition: JourneyOutline; readonly why: StoppedBecause }

/** Nothing in the portal leads on. */
const onlyHelpdesk: readonly StoppedBecause[] = ['journey-ended', 'account-privileged']

type Next = { readonly route: RouteName; readonly words: TextKey; readonly page?: string }

/** The next action: begin the journey again, or what an account that is already active can do, or the home page. */
const nextOf = ({ definition, why }: Props): Next => {
  if (why === 'account-active' || why === 'factor-needed')
    return { route: 'chooseNumber', words: 'over.recover' }
  if (why === 'account-active-first-day' || why === 'activation-elsewhere')
    return { route: 'signInFor', page: returnSlugs.firstDay, words: 'sign-in.submit' }
  return why === 'journey-expired' ||
    why === 'too-many-refusals' ||
    why === 'proof-replaced' ||
    why === 'proofs-missing'
    ? { route: definition.choose, words: 'over.restart' }
    : { route: 'home', words: 'problem.home' }
}

/** The page of a journey that ended before its last step: why, what is unchanged, how to go on. */
export const stoppedPage = (props: Props) => {
  const { ui, why } = props
  const { route, words, page } = nextOf(props)
  const opening =
    why === 'account-active' || why === 'account-active-first-day' || why === 'activation-elsewhere'
      ? 'open'
      : 'shut'
  return (
    <StopPage
      ui={ui}
      heading={ui.say(why)}
      why={ui.say(`over.${why}`)}
      progress={<DoorDrawing state={opening} />}
    >
      {onlyHelpdesk.includes(why) ? null : (
        <p>
          <a class="button" href={ui.href(route, page ? { page } : {})}>
            {ui.say(words)}
          </a>
        </p>
      )}
    </StopPage>
  )
}
