import { HelpdeskAside } from '../../../ui/helpdesk.tsx'
import { Page } from '../../../ui/layout.tsx'
import { DoorDrawing } from '../../../ui/step-indicator.tsx'
import type { Ui } from '../../../ui/ui.ts'
import type { ExternalSignIn } from './external-sign-ins.ts'

type Props = { readonly ui: Ui; readonly to: URL; readonly purpose: ExternalSignIn['purpose'] }

/** Shown for an instant: the browser is redirected by itself, and the link serves one that is not. */
export const redirectPage = ({ ui, to, purpose }: Props) => (
  <Page
    ui={ui}
    heading={ui.say('external.leaving', { host: to.host })}
    lead={ui.say(purpose === 'confirm' ? 'external.leaving.confirm' : 'external.leaving.lead')}
    currentPage={{ route: 'signInLeave' }}
    progress={<DoorDrawing state="half-open" />}
  >
    <p>
      <a class="button" href={to.href}>
        {ui.say('external.go')}
      </a>
    </p>
    <HelpdeskAside ui={ui} />
  </Page>
)
