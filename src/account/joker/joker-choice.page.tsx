import { type QuestionKey, questions, questionText } from '../../proofs/joker/questions.ts'
import type { ReasonKey } from '../../texts/texts.ts'
import { ErrorLine, Field } from '../../ui/field.tsx'
import type { Ui } from '../../ui/ui.ts'
import { AccountPage } from '../account.page.tsx'

export type JokerChoiceProblem = { readonly field: 'question' | 'reponse'; readonly reason: ReasonKey }

type Props = {
  readonly ui: Ui
  readonly problems: readonly JokerChoiceProblem[]
  readonly chosen: string
}

const keys = Object.keys(questions) as QuestionKey[]

const Questions = ({ ui, chosen, error }: { ui: Ui; chosen: string; error: string | undefined }) => (
  <fieldset class="field" aria-describedby={error ? 'question-erreur' : undefined}>
    <legend>{ui.say('joker-choice.question')}</legend>
    {error && <ErrorLine id="question-erreur">{error}</ErrorLine>}
    {keys.map((key, index) => (
      <label class="check">
        <input
          type="radio"
          id={index === 0 ? 'question' : `question-${key}`}
          name="question"
          value={key}
          checked={chosen === key}
          required
        />
        <span>{questionText(key, ui.language)}</span>
      </label>
    ))}
  </fieldset>
)

/** The question of one's own choice; the answer is never shown again, to anybody. */
export const jokerChoicePage = ({ ui, problems, chosen }: Props) => {
  const { say } = ui
  const errorOf = (field: string) => {
    const found = problems.find(one => one.field === field)
    return found && say(found.reason)
  }
  return (
    <AccountPage
      ui={ui}
      place={{ route: 'jokerChoice' }}
      heading={say('joker-choice.title')}
      lead={say('joker-choice.lead')}
      told={problems.map(({ field, reason }) => ({ field, sentence: say(reason) }))}
    >
      <form method="post" noValidate action={ui.href('jokerChoice')}>
        <Questions ui={ui} chosen={chosen} error={errorOf('question')} />
        <Field
          name="reponse"
          label={say('joker.label')}
          hint={say('joker-choice.hint')}
          error={errorOf('reponse')}
          input={{ autocomplete: 'off', autocapitalize: 'none', spellcheck: false, maxLength: 300 }}
        />
        <button class="button" type="submit">
          {say('validate')}
        </button>
      </form>
    </AccountPage>
  )
}
