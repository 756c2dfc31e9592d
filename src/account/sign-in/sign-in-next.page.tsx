import { StopPage } from '../../ui/stop.tsx'
import type { Ui } from '../../ui/ui.ts'

/** A sign-in whose cookie did not come back: the browser refuses cookies or lost them. The sign-in alone would say nothing. */
export const signInUnknownPage = ({ ui, page }: { ui: Ui; page: string }) => (
  <StopPage ui={ui} heading={ui.say('sign-in.unknown')} why={ui.say('sign-in.unknown.why')}>
    <p>{ui.say('sign-in.unknown.do')}</p>
    <p>
      <a class="button" href={ui.href('signInFor', { page })}>
        {ui.say('sign-out.again')}
      </a>
    </p>
  </StopPage>
)
