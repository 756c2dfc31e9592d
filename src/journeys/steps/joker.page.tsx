import type { NumberKind } from '../../directory/directory.ts'
import { numberSlugs } from '../../routes.ts'
import { Field } from '../../ui/field.tsx'
import { HelpdeskLine } from '../../ui/helpdesk.tsx'
import { Page } from '../../ui/layout.tsx'
import { type OpenTime, OpenUntil } from '../../ui/open-until.tsx'
import { StepIndicator } from '../../ui/step-indicator.tsx'
import { Summary } from '../../ui/summary.tsx'
import type { Ui } from '../../ui/ui.ts'
import type { ProofStep } from './step-context.ts'
import type { JokerState } from './steps.ts'

export type JokerProblem =
  | { readonly reason: 'answer-wrong'; readonly left: number }
  | { readonly reason: 'answer-missing' | 'joker-suspended' | 'journey-other-tab' }

type Props = {
  readonly ui: Ui
  readonly proofStep: Pick<ProofStep<JokerState>, 'definition' | 'page'>
  readonly question: string
  readonly ref: string
  readonly suspendedUntil: number | null
  /** Tries left, once one was spent. */
  readonly left: number | null
  readonly ineDoubt: boolean
  readonly numberKind: NumberKind
  readonly open: OpenTime
  readonly problem: JokerProblem | null
}

const sentenceOf = ({ ui, problem, suspendedUntil }: Props) => {
  if (!problem) return null
  if (problem.reason === 'answer-wrong') return ui.say('answer-wrong', { left: problem.left })
  return ui.say(problem.reason, { until: ui.until(suspendedUntil ?? 0) })
}

const WrongQuestionHelp = ({ ui, proofStep, numberKind }: Props) => (
  <aside class="aside stack">
    <h2>{ui.say('joker.not-yours')}</h2>
    <p>{ui.say('joker.not-yours.do')}</p>
    <p>
      <a class="go" href={ui.href(proofStep.definition.identify, { kind: numberSlugs[numberKind] })}>
        {ui.say('joker.correct')}
      </a>
    </p>
    <HelpdeskLine ui={ui} />
    <p class="quiet">{ui.say('joker.after-five')}</p>
  </aside>
)

const SuspendedNotice = ({ ui, suspendedUntil }: Props) => (
  <section class="note" aria-labelledby="fermee">
    <h2 id="fermee">{ui.say('joker.closed')}</h2>
    <p>{ui.say('joker.closed.until', { until: ui.until(suspendedUntil ?? 0) })}</p>
    <p>{ui.say('joker.closed.do')}</p>
    <HelpdeskLine ui={ui} />
  </section>
)

const AnswerForm = (props: Props & { error: string | undefined }) => {
  const { ui, question, ref, error } = props
  return (
    <form method="post" noValidate action={ui.href(props.proofStep.page)}>
      <input type="hidden" name="demarche" value={ref} />
      <p class="voice" id="question">
        {ui.locale.quote(question)}
      </p>
      <Field
        name="reponse"
        label={ui.say('joker.label')}
        hint={ui.say('joker.hint')}
        error={error}
        describedBy="question"
        input={{
          placeholder: ui.say('joker.placeholder'),
          autocomplete: 'off',
          autocapitalize: 'none',
          spellcheck: false,
          maxLength: 300,
        }}
      />
      {props.left !== null && !error && <p class="hint">{ui.say('joker.left', { left: props.left })}</p>}
      <button class="button" type="submit">
        {ui.say('validate')}
      </button>
      <OpenUntil ui={ui} sentence="open-until" open={props.open} />
    </form>
  )
}

/**
 * Step 2, 50 %: the person's own question or a decoy. The page does not distinguish them, so its reader cannot either.
 */
export const jokerPage = (props: Props) => {
  const { ui, problem, suspendedUntil } = props
  const { stepTitles } = props.proofStep.definition
  const sentence = sentenceOf(props)
  const onField = problem !== null && problem.reason !== 'journey-other-tab'
  return (
    <Page
      ui={ui}
      heading={ui.say('joker.title')}
      progress={<StepIndicator ui={ui} stepTitles={stepTitles} step={2} />}
      hasErrors={problem !== null}
      withScript
    >
      {sentence && (
        <Summary ui={ui} errors={[{ field: suspendedUntil || !onField ? null : 'reponse', sentence }]} />
      )}
      {props.ineDoubt && <p class="note">{ui.say('joker.ine-doubt')}</p>}
      {suspendedUntil ? (
        <SuspendedNotice {...props} />
      ) : (
        <AnswerForm {...props} error={onField ? (sentence ?? undefined) : undefined} />
      )}
      <WrongQuestionHelp {...props} />
    </Page>
  )
}
