import { FactorForm, type FactorProblem, factorErrors } from '../../proofs/second-factor/factor-form.part.tsx'
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
  return (
    <Page
      ui={ui}
      heading={ui.say('second.title')}
      lead={ui.say('second.lead')}
      currentPage={{ route: 'secondFactor', params }}
      progress={<DoorDrawing state="half-open" />}
      hasErrors={problem !== null}
    >
      <Summary ui={ui} errors={factorErrors(ui, problem)} />
      <FactorForm
        ui={ui}
        factors={factors}
        action={ui.href('secondFactor', params)}
        passkeyAction={ui.href('signInPasskey', params)}
        problem={problem}
      />
    </Page>
  )
}
