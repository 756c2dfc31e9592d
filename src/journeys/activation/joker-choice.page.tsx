import { choiceErrors, JokerChoiceFields, type JokerChoiceValues } from '../../proofs/joker/choice.fields.tsx'
import type { ChoiceProblem } from '../../proofs/joker/choice.ts'
import type { OpenTime } from '../../ui/open-until.tsx'
import type { Ui } from '../../ui/ui.ts'
import { pages } from './activation.ts'
import { StepPage, SubmitSection } from './step.page.tsx'

type Props = {
  readonly ui: Ui
  readonly ref: string
  readonly chosen: JokerChoiceValues
  readonly freeQuestions: boolean
  readonly problems: readonly ChoiceProblem[]
  readonly open: OpenTime
}

/** Step 3, 75 %: the question that will be asked when the password is forgotten. */
export const jokerChoicePage = (props: Props) => {
  const { ui, problems } = props
  return (
    <StepPage ui={ui} step={3} heading="activation.joker.title" errors={choiceErrors(ui, problems)}>
      <p>{ui.say('activation.joker.why')}</p>
      <form method="post" noValidate action={ui.href(pages.joker)}>
        <input type="hidden" name="demarche" value={props.ref} />
        <JokerChoiceFields {...props} />
        <SubmitSection ui={ui} open={props.open} />
      </form>
    </StepPage>
  )
}
