import { choiceErrors, JokerChoiceFields, type JokerChoiceValues } from '../../proofs/joker/choice.fields.tsx'
import type { ChoiceProblem } from '../../proofs/joker/choice.ts'
import type { Ui } from '../../ui/ui.ts'
import { AccountPage } from '../account.page.tsx'

type Props = {
  readonly ui: Ui
  readonly problems: readonly ChoiceProblem[]
  readonly chosen: JokerChoiceValues
  readonly freeQuestions: boolean
}

export const jokerChoicePage = (props: Props) => {
  const { ui, problems } = props
  const { say } = ui
  return (
    <AccountPage
      ui={ui}
      currentPage={{ route: 'jokerChoice' }}
      heading={say('joker-choice.title')}
      lead={say('joker-choice.lead')}
      errors={choiceErrors(ui, problems)}
    >
      <form method="post" noValidate action={ui.href('jokerChoice')}>
        <JokerChoiceFields {...props} />
        <button class="button" type="submit">
          {say('validate')}
        </button>
      </form>
    </AccountPage>
  )
}
