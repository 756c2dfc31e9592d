import { ErrorLine, Field } from '../../ui/field.tsx'
import type { Ui } from '../../ui/ui.ts'
import { type ChoiceProblem, ownQuestion } from './choice.ts'
import { type QuestionKey, questions, questionText } from './questions.ts'

/** The submitted values that are shown again; never the answer. */
export type JokerChoiceValues = { readonly question: string; readonly propre: string }

export const emptyChoice: JokerChoiceValues = { question: '', propre: '' }

/** The errors of the form, each with its field, for the summary. */
export const choiceErrors = (ui: Ui, problems: readonly ChoiceProblem[]) =>
  problems.map(({ field, reason }) => ({ field, sentence: ui.say(reason) }))

type Props = {
  readonly ui: Ui
  readonly problems: readonly ChoiceProblem[]
  readonly chosen: JokerChoiceValues
  readonly freeQuestions: boolean
}

const questionKeys = Object.keys(questions) as QuestionKey[]

const choicesIn = ({ ui, freeQuestions }: Props) => [
  ...questionKeys.map(key => ({ value: key as string, text: questionText(ui.say, key) })),
  ...(freeQuestions ? [{ value: ownQuestion, text: ui.say('joker-choice.free') }] : []),
]

/** The id of the first radio button is the name of the group, to which the summary links. */
const Questions = ({ error, ...props }: Props & { error: string | undefined }) => (
  <fieldset class="field" aria-describedby={error ? 'question-erreur' : undefined}>
    <legend>{props.ui.say('joker-choice.question')}</legend>
    {error && <ErrorLine id="question-erreur">{error}</ErrorLine>}
    {choicesIn(props).map(({ value, text }, index) => (
      <label class="check">
        <input
          type="radio"
          id={index === 0 ? 'question' : `question-${value}`}
          name="question"
          value={value}
          checked={props.chosen.question === value}
          required
        />
        <span>{text}</span>
      </label>
    ))}
  </fieldset>
)

/** The fields of the chosen question and its answer. The answer is never shown again. */
export const JokerChoiceFields = (props: Props) => {
  const { ui, problems, chosen, freeQuestions } = props
  const errorOf = (name: string) => {
    const found = problems.find(({ field }) => field === name)
    return found && ui.say(found.reason)
  }
  return (
    <>
      <Questions {...props} error={errorOf('question')} />
      {freeQuestions && (
        <Field
          name="propre"
          label={ui.say('joker-choice.own')}
          hint={ui.say('joker-choice.own.hint')}
          more={ui.say('joker-choice.own.more')}
          error={errorOf('propre')}
          optional
          input={{ value: chosen.propre, maxLength: 120 }}
        />
      )}
      <Field
        name="reponse"
        label={ui.say('joker.label')}
        hint={ui.say('joker-choice.hint')}
        more={`${ui.say('joker-choice.advice')} ${ui.say('joker.hint')}`}
        error={errorOf('reponse')}
        input={{ autocomplete: 'off', autocapitalize: 'none', spellcheck: false, maxLength: 300 }}
      />
    </>
  )
}
