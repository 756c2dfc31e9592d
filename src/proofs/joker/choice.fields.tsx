import { ErrorLine, Field } from '../../ui/field.tsx'
import type { Ui } from '../../ui/ui.ts'
import { type ChoiceProblem, ownQuestion } from './choice.ts'
import { type QuestionKey, questions, questionText } from './questions.ts'

/** What was chosen before, to show it again; never the answer. */
export type Chosen = { readonly question: string; readonly propre: string }

export const emptyChoice: Chosen = { question: '', propre: '' }

/** The sentences of the summary. */
export const choiceErrors = (ui: Ui, problems: readonly ChoiceProblem[]) =>
  problems.map(({ field, reason }) => ({ field, sentence: ui.say(reason) }))

type Props = {
  readonly ui: Ui
  readonly problems: readonly ChoiceProblem[]
  readonly chosen: Chosen
  readonly freeQuestions: boolean
}

const keys = Object.keys(questions) as QuestionKey[]

const choicesIn = ({ ui, freeQuestions }: Props) => [
  ...keys.map(key => ({ value: key as string, text: questionText(key, ui.language) })),
  ...(freeQuestions ? [{ value: ownQuestion, text: ui.say('joker-choice.free') }] : []),
]

/** The first choice bears the name of the group, to which the summary links. */
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

/** The question of one's own choice and its answer, which is never shown again, to anybody. */
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
          error={errorOf('propre')}
          optional
          input={{ value: chosen.propre, maxLength: 120 }}
        />
      )}
      <Field
        name="reponse"
        label={ui.say('joker.label')}
        hint={ui.say('joker-choice.hint')}
        error={errorOf('reponse')}
        input={{ autocomplete: 'off', autocapitalize: 'none', spellcheck: false, maxLength: 300 }}
      />
    </>
  )
}
