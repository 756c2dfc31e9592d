import type { NumberKind } from '../../directory/directory.ts'
import { numberSlugs } from '../../routes.ts'
import { Field } from '../../ui/field.tsx'
import { HelpdeskLine } from '../../ui/helpdesk.tsx'
import type { OpenTime } from '../../ui/open-until.tsx'
import { StepIndicator } from '../../ui/step-indicator.tsx'
import { StopPage } from '../../ui/stop.tsx'
import type { Ui } from '../../ui/ui.ts'
import { definition, pages } from './activation.ts'
import { StepPage, SubmitSection } from './step.page.tsx'

export type CodeProblem =
  | { readonly reason: 'activation-code-wrong'; readonly left: number }
  | { readonly reason: 'activation-code-spent'; readonly until: number }
  | { readonly reason: 'activation-code-missing' | 'activation-code-form' | 'journey-other-tab' }

type Props = {
  readonly ui: Ui
  readonly ref: string
  /** Tries left, once one was spent. */
  readonly left: number | null
  readonly ineDoubt: boolean
  readonly numberKind: NumberKind
  readonly open: OpenTime
  readonly problem: CodeProblem | null
}

const NoCodeHelp = ({ ui, numberKind }: Props) => (
  <aside class="aside stack">
    <h2>{ui.say('activation.code.none')}</h2>
    <p>{ui.say('activation.code.none.do')}</p>
    <HelpdeskLine ui={ui} />
    <p>
      <a class="go" href={ui.href(definition.identify, { kind: numberSlugs[numberKind] })} data-corrects>
        {ui.say('joker.correct')}
      </a>
    </p>
    <p>
      <a class="go" href={ui.href('chooseNumber')}>
        {ui.say('activation.already')}
      </a>
    </p>
  </aside>
)

/** Too many wrong codes: none is accepted for now, right or wrong. */
const spentPage = (props: Props, until: number) => (
  <StopPage
    ui={props.ui}
    heading={props.ui.say('closed.activation-code-spent', { until: props.ui.until(until) })}
    why={props.ui.say('activation-code-spent')}
    progress={<StepIndicator ui={props.ui} stepTitles={definition.stepTitles} step={1} />}
    aside={<NoCodeHelp {...props} />}
    withScript
  />
)

/** Step 1, 25 %: the activation code received by post or by mail. The page is the same for a person who has none. */
export const codePage = (props: Props) => {
  const { ui, problem } = props
  const { say } = ui
  if (problem?.reason === 'activation-code-spent') return spentPage(props, problem.until)
  const sentence = problem && say(problem.reason, 'left' in problem ? { left: problem.left } : {})
  const onField = problem !== null && problem.reason !== 'journey-other-tab'
  return (
    <StepPage
      ui={ui}
      step={1}
      heading="activation.code.title"
      errors={sentence ? [{ field: onField ? 'code' : null, sentence }] : []}
    >
      {props.ineDoubt && <p class="note">{say('joker.ine-doubt')}</p>}
      <form method="post" noValidate action={ui.href(pages.code)}>
        <input type="hidden" name="demarche" value={props.ref} />
        <Field
          name="code"
          label={say('activation.code.label')}
          hint={say('activation.code.hint')}
          more={say('activation.code.more')}
          error={onField ? (sentence ?? undefined) : undefined}
          input={{
            placeholder: 'XXXX-XXXX-XXXX-XXXX',
            autocomplete: 'one-time-code',
            autocapitalize: 'characters',
            spellcheck: false,
            maxLength: 100,
          }}
        />
        {props.left !== null && !sentence && <p class="hint">{say('joker.left', { left: props.left })}</p>}
        <SubmitSection ui={ui} open={props.open} />
      </form>
      <NoCodeHelp {...props} />
    </StepPage>
  )
}
