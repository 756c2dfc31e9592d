import { Page } from '../../ui/layout.tsx'
import { DoorDrawing } from '../../ui/step-indicator.tsx'
import type { Ui } from '../../ui/ui.ts'

/**
 * A browser whose session is over is told so before it signs in again. It does not know why: the same page for all
 * reasons, so that it can be made ahead and says nothing to whoever holds an old browser.
 */
export const sessionOverPage = ({ ui, page }: { ui: Ui; page: string }) => {
  const { say } = ui
  return (
    <Page ui={ui} heading={say('session-over.title')} progress={<DoorDrawing state="shut" />}>
      <p>{say('session-over.why')}</p>
      <p>{say('session-over.lost')}</p>
      <p>
        <a class="button" href={ui.href('signInFor', { page })}>
          {say('sign-out.again')}
        </a>
      </p>
    </Page>
  )
}
