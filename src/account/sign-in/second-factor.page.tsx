import {
  FactorForm,
  type FactorProblem,
  factorErrors,
  factorStopPage,
} from '../../proofs/second-factor/factor-form.part.tsx'
import type { Factors } from '../../proofs/second-factor/second-factor.ts'
import { Page } from '../../ui/layout.tsx'
import { DoorDrawing } from '../../ui/step-indicator.tsx'
import { Summary } from '../../ui/summary.tsx'
import type { Ui } from '../../ui/ui.ts'

type Props = {
  readonly ui: Ui
  readonly returnTo: string
  readonly factors: Factors
  readonly problem: FactorProblem | null
}

/** Asks for the second factor once the password was right. */
export const secondFactorPage = ({ ui, returnTo, factors, problem }: Props) => {
  const params = { page: returnTo }
  const form = {
    ui,
    factors,
    action: ui.href('secondFactor', params),
    passkeyAction: ui.href('signInPasskey', params),
    problem,
  }
  const shown = {
    currentPage: { route: 'secondFactor', params } as const,
    progress: <DoorDrawing state="half-open" />,
  }
  const stopped = factorStopPage({ ...form, ...shown, restart: ui.href('signInFor', params) })
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
