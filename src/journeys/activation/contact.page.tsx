import type { ContactRefusal } from '../../identity/contacts.ts'
import type { DestinationReason } from '../../proofs/sent-code/destination.ts'
import type { SendingReason } from '../../proofs/sent-code/sent-code.ts'
import { Field } from '../../ui/field.tsx'
import type { OpenTime } from '../../ui/open-until.tsx'
import type { Ui } from '../../ui/ui.ts'
import { pages } from './activation.ts'
import type { ContactChannel } from './contact-channels.ts'
import { StepPage, SubmitSection } from './step.page.tsx'

export type ContactProblem =
  | DestinationReason
  | ContactRefusal
  | SendingReason
  | 'contacts-unchanged'
  | 'journey-other-tab'

type Props = {
  readonly ui: Ui
  readonly channel: ContactChannel
  readonly ref: string
  readonly typed: string
  readonly problem: ContactProblem | null
  readonly open: OpenTime
  /**
   * False once the daily budget of text messages is spent: no mobile can be entered until tomorrow, and the journey
   * goes on.
   */
  readonly offered: boolean
  /** After a recovery of somebody who had another before: until when none is added; `null`: one may be. */
  readonly unchangedUntil: number | null
}

const inputs = {
  mail: { type: 'email', autocomplete: 'email', placeholder: 'prenom@exemple.fr', maxLength: 254 },
  mobile: { type: 'tel', autocomplete: 'tel', placeholder: '06 12 34 56 78', maxLength: 40 },
} as const

const ContactField = ({
  onField,
  sentence,
  ...props
}: Props & { onField: boolean; sentence: string | null }) => {
  const { ui, channel } = props
  return (
    <>
      <Field
        name="contact"
        label={ui.say(`activation.${channel.at}.label`)}
        hint={ui.say(`activation.${channel.at}.hint`)}
        error={onField ? (sentence ?? undefined) : undefined}
        input={{ ...inputs[channel.kind], value: props.typed, spellcheck: false }}
      />
      <SubmitSection ui={ui} open={props.open} />
    </>
  )
}

/** In place of the field: why nothing can be entered. */
const Instead = ({ ui, problem, unchangedUntil }: Pick<Props, 'ui' | 'problem' | 'unchangedUntil'>) => {
  if (unchangedUntil !== null)
    return <p class="note">{ui.say('activation.unchanged', { at: ui.dateTime(unchangedUntil) })}</p>
  return problem === null ? <p>{ui.say('messages-spent')}</p> : null
}

/** Step 3, 75 %: a recovery address or mobile. It may be skipped, and the page says what the person loses by it. */
export const contactPage = (props: Props) => {
  const { ui, channel, problem, unchangedUntil } = props
  const { say } = ui
  const isAsked = props.offered && unchangedUntil === null
  const sentence = problem && say(problem)
  const onField = isAsked && problem !== null && problem !== 'journey-other-tab'
  return (
    <StepPage
      ui={ui}
      step={3}
      heading={`activation.${channel.at}.title`}
      errors={sentence ? [{ field: onField ? 'contact' : null, sentence }] : []}
    >
      <p>{say(`activation.${channel.at}.why`)}</p>
      <form method="post" noValidate action={ui.href(pages[channel.at])}>
        <input type="hidden" name="demarche" value={props.ref} />
        {isAsked ? (
          <ContactField {...props} onField={onField} sentence={sentence} />
        ) : (
          <Instead ui={ui} problem={problem} unchangedUntil={unchangedUntil} />
        )}
        {unchangedUntil === null && <p>{say(`activation.${channel.at}.price`)}</p>}
        <button class="button second" type="submit" name="passer" value="oui">
          {say('activation.skip')}
        </button>
      </form>
    </StepPage>
  )
}
