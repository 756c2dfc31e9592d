import { useContext } from 'preact/hooks'
import { charterFormSlugs, charterForms } from '../routes.ts'
import type { ReasonKey, TextKey } from '../texts/texts.ts'
import { CurrentPageContext } from '../ui/current-page.ts'
import { ErrorLine, Field } from '../ui/field.tsx'
import { Icon } from '../ui/icons.tsx'
import { Reveal } from '../ui/reveal.tsx'
import { Script } from '../ui/script.tsx'
import type { Ui } from '../ui/ui.ts'
import { passwordRulesAttribute } from './passwordrules.ts'
import {
  compositionRules,
  type LineId,
  linesOf,
  type PasswordRefusal,
  type Policy,
  type RuleId,
  type RuleState,
  rulesIn,
} from './policy.ts'
import { lineText, Specials } from './policy-lines.part.tsx'
import { refusedRules } from './refused-rules.ts'

/** A problem and its field; `More`: further fields of the form that shows these. */
export type NewPasswordProblem<More extends string = never> =
  | ({ readonly field: 'nouveau' } & (PasswordRefusal | { readonly reason: ReasonKey }))
  | {
      readonly field: 'confirmation' | 'charte' | More | null
      readonly reason: ReasonKey
      readonly until?: number
    }

export type NewPasswordProps = {
  readonly ui: Ui
  readonly policy: Policy
  /** Why the form was refused: the rules that refused the password are marked. */
  readonly problems: readonly NewPasswordProblem<string>[]
  /** Whose password it is, where that is known and not a field of the form. */
  readonly login: string | null
  readonly charterAccepted: boolean
  /** The error messages of one field, joined. */
  readonly errorOf: (field: string) => string | undefined
}

/** The messages of these problems, for the summary and for each field. */
export const newPasswordErrors = (
  ui: Ui,
  policy: Policy,
  problems: readonly NewPasswordProblem<string>[],
) => {
  const errors = problems.map(problem => ({
    field: problem.field,
    sentence: ui.say(problem.reason, {
      min: policy.min,
      max: policy.max,
      ...('until' in problem && problem.until !== undefined && { until: ui.until(problem.until) }),
      ...('character' in problem && problem.character !== undefined && { character: problem.character }),
    }),
  }))
  const errorOf = (field: string) =>
    errors
      .filter(one => one.field === field)
      .map(({ sentence }) => sentence)
      .join(' ') || undefined
  return { errors, errorOf }
}

const tones = { unmet: 'bad', later: undefined } as const

type RuleProps = Pick<NewPasswordProps, 'ui' | 'policy'> & { readonly refused: ReadonlySet<RuleId> }

/** The field is empty when the page opens, so a rule is refused or still open; never met. */
const stateIn = (refused: ReadonlySet<RuleId>, rules: readonly RuleId[]) =>
  rules.some(rule => refused.has(rule)) ? 'unmet' : 'later'

const StateText = ({ ui, state }: { ui: Ui; state: RuleState }) => (
  <span class="unseen"> ({ui.say(`state.${state}`)})</span>
)

/** Length and classes, in a word each: what the script shows while one types. */
const CompositionRules = ({ ui, policy, refused }: RuleProps) => (
  <ul class="parts">
    {compositionRules(policy).map(part => {
      const state = stateIn(refused, [part])
      return (
        <li class={tones[state]} data-part={part} data-state={state}>
          <Icon shape={state} />
          <span>
            {ui.say(`part.${part}` as TextKey, { min: policy.min, max: policy.max })}
            <StateText ui={ui} state={state} />
          </span>
        </li>
      )
    })}
  </ul>
)

/** The texts with which the browser's script shows the same states while the person types. */
const liveTexts = (ui: Ui) =>
  JSON.stringify({
    met: ui.say('state.met'),
    unmet: ui.say('state.unmet'),
    later: ui.say('state.later'),
    good: ui.say('live.good'),
    one: ui.say('live.left', { count: 1 }),
    many: ui.say('live.left', { count: 7 }).replace('7', '#'),
    differs: ui.say('live.differs'),
  })

const Line = ({ ui, policy, refused, line }: RuleProps & { readonly line: LineId }) => {
  const state = stateIn(refused, rulesIn(line, policy))
  return (
    <li class={tones[state]} data-line={line} data-state={state}>
      <Icon shape={state} />
      <span>
        {lineText(ui, line, policy)}
        <Specials line={line} policy={policy} />
        <StateText ui={ui} state={state} />
      </span>
    </li>
  )
}

/** The whole text of the rules, folded where the page is narrow, unless it says what is wrong. */
const AllRules = (props: RuleProps) => {
  const { ui, policy, refused } = props
  const short: readonly RuleId[] = compositionRules(policy)
  return (
    <details class="all-rules" open={[...refused].some(rule => !short.includes(rule))}>
      <summary>{ui.say('new.rules.all')}</summary>
      <ul>
        {linesOf(policy).map(line => (
          <Line {...props} line={line} />
        ))}
      </ul>
    </details>
  )
}

const Rules = ({ ui, policy, problems }: NewPasswordProps) => {
  const props = { ui, policy, refused: refusedRules(problems) }
  return (
    <div class="rules aside" id="regles" data-policy={JSON.stringify(policy)} data-texts={liveTexts(ui)}>
      <h2>{ui.say('new.rules')}</h2>
      <CompositionRules {...props} />
      <AllRules {...props} />
      <p role="status" class="quiet" />
      <Script ui={ui} name="passwordRules" />
    </div>
  )
}

const Help = ({ ui }: { ui: Ui }) => (
  <details class="help">
    <summary>
      <span aria-hidden="true">?</span>
      <span class="unseen">{ui.say('new.help')}</span>
    </summary>
    <p>{ui.say('new.help.detail')}</p>
  </details>
)

/** In a tab of its own, so that what was typed stays; it leads back to this form. */
const useCharterUrl = ({ href, route, charterVersion: version }: Ui) => {
  const answering = useContext(CurrentPageContext)?.route ?? route
  const form = charterForms.find(name => name === answering)
  return form ? href('charterFor', { version, form: charterFormSlugs[form] }) : href('charter', { version })
}

const Charter = ({ ui, error, accepted }: { ui: Ui; error: string | undefined; accepted: boolean }) => (
  <div class="field">
    {error && <ErrorLine id="charte-erreur">{error}</ErrorLine>}
    <label class="check">
      <input
        type="checkbox"
        id="charte"
        name="charte"
        value="oui"
        checked={accepted}
        required
        aria-invalid={error ? 'true' : undefined}
        aria-describedby={error ? 'charte-erreur' : undefined}
      />
      <span>{ui.say('new.charter')}</span>
    </label>
    <p>{ui.say('new.charter.invite')}</p>
    <p>
      <a class="go" href={useCharterUrl(ui)} target="_blank" rel="noopener">
        {ui.say('new.charter.read')}
      </a>
    </p>
  </div>
)

/** For password managers, which store the login with the new password. Without a name it is not sent; nobody else meets it. */
const ManagedLogin = ({ login }: { login: string }) => (
  <span class="unseen" aria-hidden="true">
    <input type="text" autocomplete="username" value={login} readOnly tabIndex={-1} />
  </span>
)

/** The new password, its confirmation, its rules and the charter: the same in every form that sets a password. */
export const NewPasswordFields = (props: NewPasswordProps) => {
  const { ui, policy, login, errorOf } = props
  const { say } = ui
  const secret = {
    type: 'password',
    autocomplete: 'new-password',
    autocapitalize: 'none',
    spellcheck: false,
    passwordrules: passwordRulesAttribute(policy),
  } as const
  return (
    <>
      {login !== null && <ManagedLogin login={login} />}
      <Field
        name="nouveau"
        label={say('new.label')}
        error={errorOf('nouveau')}
        describedBy="regles-lieu"
        help={<Help ui={ui} />}
        button={<Reveal ui={ui} fields={['nouveau', 'confirmation']} what="reveal.new" />}
        input={{ ...secret, placeholder: say('new.placeholder') }}
      />
      {/* Read with each focus of the field, so it is one sentence; the rules themselves can be read after the fields. */}
      <p class="unseen" id="regles-lieu">
        {say('new.rules.place', { min: policy.min, max: policy.max })}
      </p>
      <Field
        name="confirmation"
        label={say('new.confirm.label')}
        error={errorOf('confirmation')}
        input={{ ...secret, placeholder: say('new.confirm.placeholder') }}
      />
      <Rules {...props} />
      <Charter ui={ui} error={errorOf('charte')} accepted={props.charterAccepted} />
    </>
  )
}
