import type { RecoveryKind } from '../../proofs/proof-registry.ts'
import { Field } from '../../ui/field.tsx'
import { HelpdeskLine } from '../../ui/helpdesk.tsx'
import { Page } from '../../ui/layout.tsx'
import { type OpenTime, OpenUntil } from '../../ui/open-until.tsx'
import { StepIndicator } from '../../ui/step-indicator.tsx'
import { Summary } from '../../ui/summary.tsx'
import type { Ui } from '../../ui/ui.ts'
import type { ProofStep } from './step-context.ts'
import type { ProveState } from './steps.ts'

export type ProofProblem = {
  readonly reason:
    | 'proof-choice'
    | 'printed-form'
    | 'factor-wrong-printed'
    | 'factor-restart'
    | 'journey-other-tab'
}

type Props = {
  readonly ui: Ui
  readonly proofStep: Pick<ProofStep<ProveState>, 'definition' | 'page'>
  readonly ref: string
  readonly chosen: RecoveryKind | null
  readonly offered: readonly RecoveryKind[]
  readonly open: OpenTime
  readonly problem: ProofProblem | null
}

const pageReasons = ['proof-choice', 'journey-other-tab']

const CodeForm = ({ ui, proofStep, ref, open, error }: Props & { error: string | undefined }) => (
  <form method="post" noValidate action={ui.href(proofStep.page)}>
    <input type="hidden" name="demarche" value={ref} />
    <Field
      name="code"
      label={ui.say('second.code')}
      hint={ui.say('second.hint.sheet')}
      error={error}
      input={{
        autocomplete: 'one-time-code',
        autocapitalize: 'characters',
        spellcheck: false,
        maxLength: 60,
      }}
    />
    <button class="button" type="submit">
      {ui.say('validate')}
    </button>
    <OpenUntil ui={ui} sentence="open-until" open={open} />
  </form>
)

/** A button for each way: choosing is a form, because a GET changes nothing. */
const Ways = ({ ui, proofStep, ref, ways }: Props & { ways: readonly RecoveryKind[] }) => (
  <form method="post" class="stack" action={ui.href(proofStep.page)}>
    <input type="hidden" name="demarche" value={ref} />
    {ways.map(kind => (
      <p>
        <button class="button second" type="submit" name="laquelle" value={kind}>
          {ui.say(`proof.${kind}`)}
        </button>
      </p>
    ))}
  </form>
)

/** Step 2: which ways there are, and the code of the one that was chosen. */
export const proofPage = (props: Props) => {
  const { ui, proofStep, chosen, offered, problem } = props
  const asksCode = chosen === 'recovery-code' && offered.includes(chosen)
  const ways = asksCode ? offered.filter(kind => kind !== chosen) : offered
  const titles = proofStep.definition.stepTitles.map(title => (title === 'joker.step' ? 'proof.step' : title))
  const sentence = problem && ui.say(problem.reason)
  const onField = asksCode && problem !== null && !pageReasons.includes(problem.reason)
  return (
    <Page
      ui={ui}
      heading={ui.say(asksCode ? 'proof.printed' : 'proof.title')}
      lead={asksCode ? undefined : ui.say('proof.lead')}
      currentPage={{ route: proofStep.page }}
      progress={<StepIndicator ui={ui} stepTitles={titles} step={2} />}
      hasErrors={problem !== null}
      withScript
    >
      {sentence && <Summary ui={ui} errors={[{ field: onField ? 'code' : null, sentence }]} />}
      {asksCode && <CodeForm {...props} error={onField ? (sentence ?? undefined) : undefined} />}
      {ways.length > 0 && (
        <>
          {asksCode && <h2>{ui.say('proof.others')}</h2>}
          <Ways {...props} ways={ways} />
        </>
      )}
      <aside class="aside stack">
        <h2>{ui.say('second.nothing')}</h2>
        <p>{ui.say('second.nothing.do')}</p>
        <HelpdeskLine ui={ui} />
      </aside>
    </Page>
  )
}
