import { Ceremony } from '../../proofs/passkey/ceremony.part.tsx'
import {
  FactorForm,
  type FactorProblem,
  factorErrors,
  factorStopPage,
} from '../../proofs/second-factor/factor-form.part.tsx'
import type { Factors } from '../../proofs/second-factor/second-factor.ts'
import type { RouteName } from '../../routes.ts'
import { HelpdeskLine } from '../../ui/helpdesk.tsx'
import { Page } from '../../ui/layout.tsx'
import { StepIndicator } from '../../ui/step-indicator.tsx'
import { Summary } from '../../ui/summary.tsx'
import type { Ui } from '../../ui/ui.ts'
import type { JourneyOutline } from './steps.ts'

type Props = {
  readonly ui: Ui
  readonly proofStep: { readonly definition: JourneyOutline; readonly page: RouteName }
  readonly passkeyRoute: RouteName
  readonly ref: string
}

/** Still shown as step 2: first what the person knows, then what the person has. */
export const factorPage = (
  props: Props & { readonly factors: Factors; readonly problem: FactorProblem | null },
) => {
  const { ui, proofStep, passkeyRoute, ref, factors, problem } = props
  const { definition } = proofStep
  const form = {
    ui,
    factors,
    action: ui.href(proofStep.page),
    passkeyAction: ui.href(passkeyRoute),
    journey: ref,
    problem,
  }
  const shown = {
    currentPage: { route: proofStep.page },
    progress: <StepIndicator ui={ui} stepTitles={definition.stepTitles} step={2} />,
  }
  const stopped = factorStopPage({ ...form, ...shown, restart: ui.href(definition.choose) })
  if (stopped) return stopped
  return (
    <Page
      {...shown}
      ui={ui}
      heading={ui.say('second.title')}
      lead={ui.say('second.lead')}
      hasErrors={problem !== null}
      withScript={problem !== null}
    >
      <Summary ui={ui} errors={factorErrors(ui, problem)} />
      <FactorForm {...form} />
    </Page>
  )
}

export const passkeyPage = ({ ui, proofStep, passkeyRoute, ref, options }: Props & { options: unknown }) => (
  <Page
    ui={ui}
    title={`${ui.say('second.title')} (${ui.say('passkey.unnamed')})`}
    heading={ui.say('second.title')}
    currentPage={{ route: passkeyRoute }}
    progress={<StepIndicator ui={ui} stepTitles={proofStep.definition.stepTitles} step={2} />}
    withPasskey
  >
    <Ceremony
      ui={ui}
      what="prove"
      options={options}
      action={ui.href(passkeyRoute)}
      button={ui.say('passkey.use')}
      journey={ref}
      instead={
        <aside class="aside stack">
          <p>
            <a class="go" href={ui.href(proofStep.page)}>
              {ui.say('second.code-instead')}
            </a>
          </p>
          <HelpdeskLine ui={ui} />
        </aside>
      }
    />
  </Page>
)
