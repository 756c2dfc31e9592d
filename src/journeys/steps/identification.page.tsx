import type { DateReason } from '../../directory/birth-date.ts'
import type { NumberKind } from '../../directory/directory.ts'
import { numberSlugs } from '../../routes.ts'
import { AllRequired, Field } from '../../ui/field.tsx'
import { Page } from '../../ui/layout.tsx'
import { StepIndicator } from '../../ui/step-indicator.tsx'
import { Summary } from '../../ui/summary.tsx'
import type { Ui } from '../../ui/ui.ts'
import { Picture } from '../pictures.part.tsx'
import type { JourneyOutline } from './steps.ts'

export type IdentificationProblem =
  | { readonly field: 'numero'; readonly reason: 'number-missing' | 'number-form' }
  | { readonly field: 'naissance'; readonly reason: DateReason }

type Props = {
  readonly ui: Ui
  readonly definition: JourneyOutline
  readonly kind: NumberKind
  readonly values: { readonly numero: string; readonly naissance: string }
  readonly problems: readonly IdentificationProblem[]
}

const digitsOnly: readonly NumberKind[] = ['student-number']

const NumberHelp = ({ ui, definition, kind }: Props) => (
  <aside class="aside stack">
    <h2>{ui.say('identify.where')}</h2>
    <Picture kind={kind} />
    <p>{ui.say(`number.${kind}.where`)}</p>
    <p>
      <a class="go" href={ui.href(definition.choose)}>
        {ui.say('identify.other')}
      </a>
    </p>
  </aside>
)

/** Step 1, 25 %: a number and a birth date. */
export const identificationPage = (props: Props) => {
  const { ui, definition, kind, values, problems } = props
  const { say } = ui
  const errorOf = (field: string) => {
    const found = problems.find(problem => problem.field === field)
    return found && say(found.reason)
  }
  return (
    <Page
      ui={ui}
      title={`${say('identify.title')} (${say(`number.${kind}`)})`}
      heading={say('identify.title')}
      progress={<StepIndicator ui={ui} stepTitles={definition.stepTitles} step={1} />}
      hasErrors={problems.length > 0}
      withScript={problems.length > 0}
    >
      <Summary ui={ui} errors={problems.map(({ field, reason }) => ({ field, sentence: say(reason) }))} />
      <form method="post" noValidate action={ui.href(definition.identify, { kind: numberSlugs[kind] })}>
        <AllRequired ui={ui} />
        <Field
          name="numero"
          label={say(`number.${kind}.label`)}
          hint={say(`number.${kind}.hint`)}
          error={errorOf('numero')}
          input={{
            value: values.numero,
            placeholder: say(`number.${kind}.placeholder`),
            autocomplete: 'off',
            autocapitalize: 'none',
            spellcheck: false,
            maxLength: 200,
            ...(digitsOnly.includes(kind) && { inputMode: 'numeric' }),
          }}
        />
        <Field
          name="naissance"
          label={say('identify.date.label')}
          hint={say('identify.date.hint')}
          more={say('identify.date.more')}
          error={errorOf('naissance')}
          input={{
            value: values.naissance,
            placeholder: say('identify.date.placeholder'),
            autocomplete: 'bday',
            maxLength: 60,
          }}
        />
        <button class="button" type="submit">
          {say('validate')}
        </button>
      </form>
      <NumberHelp {...props} />
    </Page>
  )
}
