import { ReceiptPart } from '../../services/receipt/receipt.part.tsx'
import type { Receipt } from '../../services/receipt/receipt.ts'
import type { ServiceSettings } from '../../services/settings.ts'
import { CopyButton } from '../../ui/copy-button.tsx'
import { Page } from '../../ui/layout.tsx'
import { StepIndicator } from '../../ui/step-indicator.tsx'
import type { Ui } from '../../ui/ui.ts'
import { definition, pages } from './activation.ts'

/** Step 4, 100 %. */
export const donePage = (props: {
  readonly ui: Ui
  readonly login: string
  readonly address: string | null
  readonly receipt: Receipt | null
  readonly services: readonly ServiceSettings[]
}) => {
  const { ui, login, address, receipt, services } = props
  const { say } = ui
  return (
    <Page
      ui={ui}
      heading={say('activation.done.title')}
      progress={<StepIndicator ui={ui} stepTitles={definition.stepTitles} step={4} />}
      withScript
    >
      <p class="lead">{say('activation.done.login')}</p>
      <p class="letters big" id="identifiant" translate={false}>
        {login}
      </p>
      <CopyButton ui={ui} of="identifiant" label={say('identifier.copy')} />
      {address && <p>{say('activation.done.address', { to: address })}</p>}
      {receipt && <ReceiptPart ui={ui} receipt={receipt} services={services} again={ui.href(pages.done)} />}
      <section class="aside" aria-labelledby="suite">
        <h2 id="suite">{say('done.next')}</h2>
        <p>
          <a class="button" href={ui.branding.signInUrl ?? ui.href('signIn')}>
            {say('done.sign-in')}
          </a>
        </p>
        <p>
          <a class="go" href={ui.href('devices')}>
            {say('devices.link')}
          </a>
        </p>
      </section>
    </Page>
  )
}
