import type { ComponentChildren } from 'preact'
import type { TextKey } from '../../texts/texts.ts'
import type { CurrentPage } from '../../ui/current-page.ts'
import { Field } from '../../ui/field.tsx'
import { HelpdeskLine } from '../../ui/helpdesk.tsx'
import { StopPage } from '../../ui/stop.tsx'
import type { FormError } from '../../ui/summary.tsx'
import type { Ui } from '../../ui/ui.ts'
import { type Factors, type FactorVerdict, hintFor, type UnreadableReason } from './second-factor.ts'

export type FactorProblem =
  | { readonly reason: UnreadableReason | 'factor-wrong-printed' | 'factor-restart' }
  | { readonly reason: 'factor-closed'; readonly until: number }
  | { readonly reason: 'factor-wrong'; readonly left: number }
  | { readonly reason: 'passkey-late' | 'passkey-refused' | 'journey-other-tab' }

/** The problem shown for a refusal. It does not reveal which code might have been right. */
export const problemOf = (verdict: Exclude<FactorVerdict, { verdict: 'right' }>): FactorProblem => {
  if (verdict.verdict === 'closed') return { reason: 'factor-closed', until: verdict.until }
  return verdict.left === null
    ? { reason: 'factor-wrong-printed' }
    : { reason: 'factor-wrong', left: verdict.left }
}

/** What nothing typed in the field of the code makes pass. */
const pageReasons = ['passkey-late', 'passkey-refused', 'journey-other-tab', 'factor-restart']

/** The errors of the form, each with its field, for the summary. */
export const factorErrors = (ui: Ui, problem: FactorProblem | null): FormError[] => {
  if (!problem) return []
  const sentence = ui.say(problem.reason, 'left' in problem ? { left: problem.left } : {})
  return [{ field: pageReasons.includes(problem.reason) ? null : 'code', sentence }]
}

type Props = {
  readonly ui: Ui
  readonly factors: Factors
  /** URL to which the code is posted; `passkeyAction` is the URL that begins a passkey ceremony. */
  readonly action: string
  readonly passkeyAction: string
  readonly journey?: string
  readonly problem: FactorProblem | null
}

const JourneyField = ({ name }: { name: string | undefined }) =>
  name ? <input type="hidden" name="demarche" value={name} /> : null

type CodeFieldProps = { readonly ui: Ui; readonly hint: TextKey; readonly error: string | undefined }

/** The digits of an application, or a printed code: letters occur in the latter. */
export const FactorCodeField = ({ ui, hint, error }: CodeFieldProps) => (
  <Field
    name="code"
    label={ui.say('second.code')}
    hint={ui.say(hint)}
    error={error}
    input={{
      autocomplete: 'one-time-code',
      autocapitalize: 'characters',
      spellcheck: false,
      maxLength: 60,
    }}
  />
)

/** What to do without any of them. */
export const NothingOfThese = ({ ui }: { ui: Ui }) => (
  <aside class="aside stack">
    <h2>{ui.say('second.nothing')}</h2>
    <p>{ui.say('second.nothing.do')}</p>
    <HelpdeskLine ui={ui} />
  </aside>
)

const CodeForm = ({ ui, hint, action, journey, problem }: Props & { hint: TextKey }) => {
  const [error] = factorErrors(ui, problem)
  return (
    <form method="post" noValidate action={action}>
      <JourneyField name={journey} />
      <FactorCodeField ui={ui} hint={hint} error={error?.field ? error.sentence : undefined} />
      <button class="button" type="submit">
        {ui.say('validate')}
      </button>
    </form>
  )
}

/** One field for digits and printed codes, one button for a passkey: what the person has of them. */
const FactorForms = (props: Props & { readonly hint: TextKey | null }) => {
  const { ui, factors, passkeyAction, journey, hint } = props
  return (
    <>
      {factors.count.passkey > 0 && (
        <form method="post" action={passkeyAction}>
          <JourneyField name={journey} />
          <button class={hint ? 'button second' : 'button'} type="submit">
            {ui.say('second.passkey')}
          </button>
        </form>
      )}
      {hint && <CodeForm {...props} hint={hint} />}
    </>
  )
}

/** The factors that the person can use, and what to do without them. */
export const FactorForm = (props: Props) => {
  const { ui, factors } = props
  return (
    <>
      <FactorForms {...props} hint={hintFor(factors)} />
      <NothingOfThese ui={ui} />
    </>
  )
}

type StopProps = Props & {
  readonly currentPage: CurrentPage
  readonly progress: ComponentChildren
  /** Where what one began here begins again. */
  readonly restart: string
}

/** The page after a refusal that no digits can pass, with the factors that are left; `null`: the form is shown. */
export const factorStopPage = (props: StopProps) => {
  const { ui, factors, currentPage, progress, restart, problem } = props
  if (problem?.reason !== 'factor-closed' && problem?.reason !== 'factor-restart') return null
  const until = 'until' in problem ? { until: ui.until(problem.until) } : undefined
  const left = { ...factors, count: { ...factors.count, authenticator: 0 } }
  const hint = hintFor(left)
  const form = (hint || left.count.passkey > 0) && (
    <FactorForms {...props} factors={left} hint={hint} problem={null} />
  )
  const again = (
    <p>
      <a class="button" href={restart}>
        {ui.say('over.restart')}
      </a>
    </p>
  )
  return (
    <StopPage
      ui={ui}
      heading={ui.say(`closed.${problem.reason}`, until)}
      why={ui.say(problem.reason)}
      currentPage={currentPage}
      progress={progress}
      withScript
    >
      {problem.reason === 'factor-restart' ? again : form || null}
    </StopPage>
  )
}
