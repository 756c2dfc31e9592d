import { HelpdeskAside } from '../../ui/helpdesk.tsx'
import { Page } from '../../ui/layout.tsx'
import { DoorDrawing } from '../../ui/step-indicator.tsx'
import type { Ui } from '../../ui/ui.ts'

/**
 * Shown before sign-in to a browser whose session has ended. The page is the same for all reasons, so that it is static
 * and discloses nothing to a person who found an old browser.
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
      <HelpdeskAside ui={ui} />
    </Page>
  )
}
