import type { DestinationReason } from '../../proofs/code/destination.ts'
import { Field } from '../../ui/field.tsx'
import type { Ui } from '../../ui/ui.ts'
import { pages } from './activation.ts'
import type { Spot } from './contact-spots.ts'
import { Closing, StepPage } from './step.page.tsx'

export type ContactProblem = DestinationReason | 'mail-own' | 'code-too-many' | 'journey-other-tab'

type Props = {
  readonly ui: Ui
  readonly spot: Spot
  readonly ref: string
  readonly typed: string
  readonly problem: ContactProblem | null
  readonly expiresAt: number
}

const inputs = {
  mail: { type: 'email', autocomplete: 'email', placeholder: 'prenom@exemple.fr', maxLength: 254 },
  mobile: { type: 'tel', autocomplete: 'tel', placeholder: '06 12 34 56 78', maxLength: 40 },
} as const

/** Step 3, 75 %: by what a person comes back. It may be left out, and the page says what that costs. */
export const contactPage = (props: Props) => {
  const { ui, spot, problem } = props
  const { say } = ui
  const sentence = problem && say(problem)
  const onField = problem !== null && problem !== 'journey-other-tab'
  return (
    <StepPage
      ui={ui}
      door={3}
      heading={`activation.${spot.at}.title`}
      told={sentence ? [{ field: onField ? 'contact' : null, sentence }] : []}
    >
      <p>{say(`activation.${spot.at}.why`)}</p>
      <form method="post" noValidate action={ui.href(pages[spot.at])}>
        <input type="hidden" name="demarche" value={props.ref} />
        <Field
          name="contact"
          label={say(`activation.${spot.at}.label`)}
          hint={say(`activation.${spot.at}.hint`)}
          error={onField ? (sentence ?? undefined) : undefined}
          input={{ ...inputs[spot.kind], value: props.typed, spellcheck: false }}
        />
        <Closing ui={ui} expiresAt={props.expiresAt} />
        <p>{say(`activation.${spot.at}.price`)}</p>
        <button class="button second" type="submit" name="passer" value="oui">
          {say('activation.skip')}
        </button>
      </form>
    </StepPage>
  )
}
