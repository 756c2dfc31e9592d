import { type QuestionKey, questions, questionText } from '../../proofs/joker/questions.ts'
import type { ReasonKey } from '../../texts/texts.ts'
import { ErrorLine, Field } from '../../ui/field.tsx'
import type { Ui } from '../../ui/ui.ts'
import { pages } from './activation.ts'
import { Closing, StepPage } from './step.page.tsx'

export type JokerProblem = {
  readonly field: 'question' | 'reponse' | null
  readonly reason: ReasonKey
}

type Props = {
  readonly ui: Ui
  readonly ref: string
  /** The one chosen, when the page comes back. */
  readonly question: string
  readonly problems: readonly JokerProblem[]
  readonly expiresAt: number
}

const keys = Object.keys(questions) as readonly QuestionKey[]

const Question = ({ ui, question, error }: Props & { error: string | undefined }) => (
  <div class="field">
    <label for="question">{ui.say('activation.joker.question')}</label>
    {error && <ErrorLine id="question-erreur">{error}</ErrorLine>}
    <select
      id="question"
      name="question"
      required
      aria-invalid={error ? 'true' : undefined}
      aria-describedby={error ? 'question-erreur' : undefined}
    >
      <option value="">{ui.say('activation.joker.choose')}</option>
      {keys.map(key => (
        <option value={key} selected={key === question}>
          {questionText(key, ui.language)}
        </option>
      ))}
    </select>
  </div>
)

/** Step 3, 75 %: the question of the day when the password is forgotten. */
export const jokerPage = (props: Props) => {
  const { ui, problems } = props
  const { say } = ui
  const errorOf = (field: string) => {
    const found = problems.find(one => one.field === field)
    return found && say(found.reason)
  }
  return (
    <StepPage
      ui={ui}
      door={3}
      heading="activation.joker.title"
      told={problems.map(({ field, reason }) => ({ field, sentence: say(reason) }))}
    >
      <p>{say('activation.joker.why')}</p>
      <form method="post" noValidate action={ui.href(pages.joker)}>
        <input type="hidden" name="demarche" value={props.ref} />
        <Question {...props} error={errorOf('question')} />
        <Field
          name="reponse"
          label={say('joker.label')}
          hint={say('activation.joker.hint')}
          error={errorOf('reponse')}
          input={{
            placeholder: say('joker.placeholder'),
            ...{ autocomplete: 'off', autocapitalize: 'none', spellcheck: false, maxLength: 300 },
          }}
        />
        <Closing ui={ui} expiresAt={props.expiresAt} />
      </form>
    </StepPage>
  )
}
