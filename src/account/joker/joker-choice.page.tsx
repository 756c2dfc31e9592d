import { type QuestionKey, questions, questionText } from '../../proofs/joker/questions.ts'
import type { ReasonKey } from '../../texts/texts.ts'
import { ErrorLine, Field } from '../../ui/field.tsx'
import type { Ui } from '../../ui/ui.ts'
import { AccountPage } from '../account.page.tsx'

export type JokerChoiceProblem = {
  readonly field: 'question' | 'propre' | 'reponse'
  readonly reason: ReasonKey
}

/** What was chosen before, to show it again; never the answer. */
export type Chosen = { readonly question: string; readonly propre: string }

/** The value of the choice « ma propre question ». */
export const ownQuestion = 'propre'

type Props = {
  readonly ui: Ui
  readonly problems: readonly JokerChoiceProblem[]
  readonly chosen: Chosen
  readonly freeQuestions: boolean
}

const keys = Object.keys(questions) as QuestionKey[]

const Question = ({
  value,
  text,
  chosen,
  first,
}: Record<'value' | 'text' | 'chosen', string> & { first: boolean }) => (
  <label class="check">
    <input
      type="radio"
      id={first ? 'question' : `question-${value}`}
      name="question"
      value={value}
      checked={chosen === value}
      required
    />
    <span>{text}</span>
  </label>
)

const Questions = ({
  ui,
  chosen,
  freeQuestions,
  error,
}: Omit<Props, 'problems'> & { error: string | undefined }) => (
  <fieldset class="field" aria-describedby={error ? 'question-erreur' : undefined}>
    <legend>{ui.say('joker-choice.question')}</legend>
    {error && <ErrorLine id="question-erreur">{error}</ErrorLine>}
    {keys.map((key, index) => (
      <Question
        value={key}
        text={questionText(key, ui.language)}
        chosen={chosen.question}
        first={index === 0}
      />
    ))}
    {freeQuestions && (
      <Question
        value={ownQuestion}
        text={ui.say('joker-choice.free')}
        chosen={chosen.question}
        first={false}
      />
    )}
  </fieldset>
)

/** The question of one's own choice; the answer is never shown again, to anybody. */
export const jokerChoicePage = ({ ui, problems, chosen, freeQuestions }: Props) => {
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
        <Questions ui={ui} chosen={chosen} freeQuestions={freeQuestions} error={errorOf('question')} />
        {freeQuestions && (
          <Field
            name="propre"
            label={say('joker-choice.own')}
            hint={say('joker-choice.own.hint')}
            error={errorOf('propre')}
            optional
            input={{ value: chosen.propre, maxLength: 120 }}
          />
        )}
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
