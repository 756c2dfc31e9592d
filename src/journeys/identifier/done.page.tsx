import { CopyButton } from '../../ui/copy-button.tsx'
import { Page } from '../../ui/layout.tsx'
import { StepIndicator } from '../../ui/step-indicator.tsx'
import type { Ui } from '../../ui/ui.ts'
import { definition } from './identifier.ts'

/** The last step: shows the login. */
export const donePage = ({ ui, login }: { ui: Ui; login: string }) => {
  const { say } = ui
  const last = definition.stepTitles.length
  return (
    <Page
      ui={ui}
      heading={say('identifier.title')}
      progress={<StepIndicator ui={ui} stepTitles={definition.stepTitles} step={last} />}
      withScript
    >
      <p>{say('identifier.is')}</p>
      <p class="letters big" id="identifiant" translate={false}>
        {login}
      </p>
      <CopyButton ui={ui} of="identifiant" label={say('identifier.copy')} />
      <p>{say('identifier.mailed')}</p>
      <p>
        <a class="button" href={ui.branding.signInUrl ?? ui.href('signIn')}>
          {say('done.sign-in')}
        </a>
      </p>
      <section class="aside stack" aria-labelledby="suite">
        <h2 id="suite">{say('identifier.both')}</h2>
        <p>
          <a class="go" href={ui.href('chooseNumber')}>
            {say('forgotten.password')}
          </a>
        </p>
        <p class="quiet">{say('identifier.alone')}</p>
      </section>
    </Page>
  )
}
