import { Field } from '../../ui/field.tsx'
import { Mail } from '../../ui/helpdesk.tsx'
import type { FormError } from '../../ui/summary.tsx'
import type { Ui } from '../../ui/ui.ts'
import type { Factors, FactorVerdict, UnreadableReason } from './second-factor.ts'

export type FactorProblem =
  | { readonly reason: UnreadableReason | 'factor-wrong-printed' | 'factor-restart' }
  | { readonly reason: 'factor-closed'; readonly until: number }
  | { readonly reason: 'factor-wrong'; readonly left: number }
  | { readonly reason: 'passkey-late' | 'passkey-refused' | 'journey-other-tab' }

/** What a refusal says: nothing of which code it might have been. */
export const problemOf = (verdict: Exclude<FactorVerdict, { verdict: 'right' }>): FactorProblem => {
  if (verdict.verdict === 'closed') return { reason: 'factor-closed', until: verdict.until }
  return verdict.left === null
    ? { reason: 'factor-wrong-printed' }
    : { reason: 'factor-wrong', left: verdict.left }
}

const ofPage = ['passkey-late', 'passkey-refused', 'journey-other-tab']

/** For the summary: what is wrong, and the field that it is about. */
export const factorErrors = (ui: Ui, problem: FactorProblem | null): FormError[] => {
  if (!problem) return []
  const sentence = ui.say(problem.reason, {
    ...('left' in problem && { left: problem.left }),
    ...('until' in problem && { until: ui.until(problem.until) }),
  })
  return [{ field: ofPage.includes(problem.reason) ? null : 'code', sentence }]
}

type Props = {
  readonly ui: Ui
  readonly factors: Factors
  /** Where a typed code goes, and where a passkey is asked for. */
  readonly action: string
  readonly passkeyAction: string
  readonly journey?: string
  readonly problem: FactorProblem | null
}

const Journey = ({ name }: { name: string | undefined }) =>
  name ? <input type="hidden" name="demarche" value={name} /> : null

const TypedCode = ({ ui, factors, action, journey, problem }: Props) => {
  const [told] = factorErrors(ui, problem)
  return (
    <form method="post" noValidate action={action}>
      <Journey name={journey} />
      <Field
        name="code"
        label={ui.say('second.code')}
        hint={ui.say(factors.authenticator ? 'second.hint.app' : 'second.hint.sheet')}
        error={told?.field ? told.sentence : undefined}
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
    </form>
  )
}

/** What the person has, and what to do without: one field for digits and printed codes, one button for a passkey. */
export const FactorForm = (props: Props) => {
  const { ui, factors, passkeyAction, journey } = props
  const typed = factors.authenticator || factors.codesLeft > 0
  return (
    <>
      {factors.passkeys > 0 && (
        <form method="post" action={passkeyAction}>
          <Journey name={journey} />
          <button class={typed ? 'button second' : 'button'} type="submit">
            {ui.say('second.passkey')}
          </button>
        </form>
      )}
      {typed && <TypedCode {...props} />}
      <aside class="aside stack">
        <h2>{ui.say('second.nothing')}</h2>
        <p>{ui.say('second.nothing.do')}</p>
        <p>
          {ui.branding.helpdesk.phone} · <Mail ui={ui} />
        </p>
      </aside>
    </>
  )
}
