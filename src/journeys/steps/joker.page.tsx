import type { NumberKind } from '../../directory/directory.ts'
import { numberSlugs, type RouteName } from '../../routes.ts'
import { Field } from '../../ui/field.tsx'
import { HelpdeskLine } from '../../ui/helpdesk.tsx'
import { Page } from '../../ui/layout.tsx'
import { type OpenTime, OpenUntil } from '../../ui/open-until.tsx'
import { StepIndicator } from '../../ui/step-indicator.tsx'
import { StopPage } from '../../ui/stop.tsx'
import { Summary } from '../../ui/summary.tsx'
import type { Ui } from '../../ui/ui.ts'
import type { ProofStep } from './step-context.ts'
import type { ProveState } from './steps.ts'

export type JokerProblem =
  | { readonly reason: 'answer-wrong'; readonly left: number }
  | { readonly reason: 'answer-missing' | 'joker-suspended' | 'journey-other-tab' }

type Props = {
  readonly ui: Ui
  readonly proofStep: Pick<ProofStep<ProveState>, 'definition' | 'page'>
  readonly question: string
  /** Where another proof is chosen; `null`: the policy has no other. */
  readonly otherWays?: RouteName | null
  readonly ref: string
  readonly suspendedUntil: number | null
  /** Tries left, once one was spent. */
  readonly left: number | null
  readonly ineDoubt: boolean
  readonly numberKind: NumberKind
  readonly open: OpenTime
  readonly problem: JokerProblem | null
}

const sentenceOf = ({ ui, problem }: Props) => {
  if (!problem) return null
  return problem.reason === 'answer-wrong'
    ? ui.say('answer-wrong', { left: problem.left })
    : ui.say(problem.reason)
}

/** To the form of the identification, for a person who typed the number or the date of another. */
const CorrectLink = ({ ui, proofStep, numberKind }: Props) => (
  <p>
    <a
      class="go"
      href={ui.href(proofStep.definition.identify, { kind: numberSlugs[numberKind] })}
      data-corrects
    >
      {ui.say('joker.correct')}
    </a>
  </p>
)

/** Where the policy has another proof: one that does not work leads to it. */
const OtherWays = ({ ui, otherWays }: Props) =>
  otherWays && (
    <p>
      <a class="go" href={ui.href(otherWays)}>
        {ui.say('proof.choose')}
      </a>
    </p>
  )

const WrongQuestionHelp = (props: Props) => {
  const { ui } = props
  return (
    <aside class="aside stack">
      <h2>{ui.say('joker.not-yours')}</h2>
      <p>{ui.say('joker.not-yours.do')}</p>
      <CorrectLink {...props} />
      <HelpdeskLine ui={ui} />
      <p class="quiet">{ui.say('joker.after-five')}</p>
    </aside>
  )
}

/** No answer is accepted for now, right or wrong: the same page for everybody. */
const suspendedPage = (props: Props & { readonly suspendedUntil: number }) => {
  const { ui, proofStep, suspendedUntil, ineDoubt } = props
  const { stepTitles } = proofStep.definition
  return (
    <StopPage
      ui={ui}
      heading={ui.say('closed.joker-suspended', { until: ui.until(suspendedUntil) })}
      why={ui.say('joker-suspended')}
      progress={<StepIndicator ui={ui} stepTitles={stepTitles} step={2} />}
      aside={
        <aside class="aside stack">
          <h2>{ui.say('stop.mistaken')}</h2>
          {ineDoubt && <p>{ui.say('joker.ine-doubt')}</p>}
          <OtherWays {...props} />
          <CorrectLink {...props} />
        </aside>
      }
      withScript
    />
  )
}

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
  if (suspendedUntil) return suspendedPage({ ...props, suspendedUntil })
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
      {sentence && <Summary ui={ui} errors={[{ field: onField ? 'reponse' : null, sentence }]} />}
      {props.ineDoubt && <p class="note">{ui.say('joker.ine-doubt')}</p>}
      <AnswerForm {...props} error={onField ? (sentence ?? undefined) : undefined} />
      <OtherWays {...props} />
      <WrongQuestionHelp {...props} />
    </Page>
  )
}
