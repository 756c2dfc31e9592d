import { ReceiptPart } from '../../services/receipt/receipt.part.tsx'
import type { Receipt } from '../../services/receipt/receipt.ts'
import type { ServiceSettings } from '../../services/settings.ts'
import { Page } from '../../ui/layout.tsx'
import { StepIndicator } from '../../ui/step-indicator.tsx'
import type { Ui } from '../../ui/ui.ts'
import { definition } from './password.ts'

const NextSteps = ({ ui }: { ui: Ui }) => (
  <section class="aside" aria-labelledby="suite">
    <h2 id="suite">{ui.say('done.next')}</h2>
    <ol class="stack">
      <li>{ui.say('done.next.wifi')}</li>
      <li>{ui.say('done.next.mail')}</li>
    </ol>
    <p>
      <a class="button" href={ui.branding.signInUrl ?? ui.href('signIn')}>
        {ui.say('done.sign-in')}
      </a>
    </p>
    <p>
      <a class="go" href={ui.href('devices')}>
        {ui.say('devices.link')}
      </a>
    </p>
    {ui.demonstration && (
      <p>
        <a class="go" href={ui.href('demoMails')}>
          {ui.say('mails.title')}
        </a>
      </p>
    )}
  </section>
)

/** Step 4, 100 %. */
export const donePage = (props: {
  readonly ui: Ui
  readonly receipt: Receipt
  readonly services: readonly ServiceSettings[]
}) => {
  const { ui } = props
  return (
    <Page
      ui={ui}
      heading={ui.say('done.title')}
      progress={<StepIndicator ui={ui} stepTitles={definition.stepTitles} step={4} />}
      withScript
    >
      <p class="lead">{ui.say('done.sentence')}</p>
      <ReceiptPart {...props} again={ui.href('done')} />
      <NextSteps ui={ui} />
    </Page>
  )
}
