import { type StartRoute, startSlugs } from '../../routes.ts'
import { StopPage } from '../../ui/stop.tsx'
import type { Ui } from '../../ui/ui.ts'

/** A step without its journey: the browser refuses cookies or lost them, or another one began. The same for everybody. */
export const missingJourneyPage = ({ ui, start }: { ui: Ui; start: StartRoute }) => (
  <StopPage
    ui={ui}
    heading={ui.say('journey-missing')}
    why={ui.say('journey-missing.why')}
    currentPage={{ route: 'journeyMissing', params: { start: startSlugs[start] } }}
  >
    <p>{ui.say('journey-missing.do')}</p>
    <p>
      <a class="button" href={ui.href(start)}>
        {ui.say('over.restart')}
      </a>
    </p>
  </StopPage>
)
