import {
  NewPasswordFields,
  type NewPasswordProblem,
  newPasswordErrors,
} from '../../password/new-password.fields.tsx'
import type { Policy } from '../../password/policy.ts'
import type { RouteName } from '../../routes.ts'
import type { TextKey } from '../../texts/texts.ts'
import { AllRequired } from '../../ui/field.tsx'
import { Page } from '../../ui/layout.tsx'
import { type OpenTime, OpenUntil } from '../../ui/open-until.tsx'
import { StepIndicator } from '../../ui/step-indicator.tsx'
import { Summary } from '../../ui/summary.tsx'
import type { Ui } from '../../ui/ui.ts'
import type { JourneyOutline } from './steps.ts'

type Props = {
  readonly ui: Ui
  readonly context: {
    readonly definition: JourneyOutline
    readonly page: RouteName
    readonly step: number
    readonly heading: TextKey
  }
  readonly ref: string
  readonly policy: Policy
  readonly login: string | null
  readonly problems: readonly NewPasswordProblem[]
  readonly charterAccepted: boolean
  readonly open: OpenTime
}

/** The new password under its rules, and the charter. */
export const newPasswordPage = (props: Props) => {
  const { ui, context, problems, policy, ref } = props
  const { stepTitles } = context.definition
  const { say } = ui
  const { errors, errorOf } = newPasswordErrors(ui, policy, problems)
  return (
    <Page
      ui={ui}
      heading={say(context.heading)}
      progress={<StepIndicator ui={ui} stepTitles={stepTitles} step={context.step} />}
      hasErrors={problems.length > 0}
      withScript
    >
      <Summary ui={ui} errors={errors} note={say('summary.unchanged')} />
      <form method="post" noValidate action={ui.href(context.page)} class="sides">
        <input type="hidden" name="demarche" value={ref} />
        <AllRequired ui={ui} />
        <NewPasswordFields {...props} errorOf={errorOf} />
        <button class="button" type="submit">
          {say('validate')}
        </button>
        <OpenUntil ui={ui} sentence="open-until" open={props.open} />
      </form>
    </Page>
  )
}
