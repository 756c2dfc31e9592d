import type { SendingReason } from '../../proofs/sent-code/sent-code.ts'
import { Field } from '../../ui/field.tsx'
import type { OpenTime } from '../../ui/open-until.tsx'
import type { Ui } from '../../ui/ui.ts'
import { pages } from './activation.ts'
import type { ContactChannel } from './contact-channels.ts'
import { StepPage, SubmitSection } from './step.page.tsx'

type CodeProblem =
  | { readonly reason: 'code-wrong'; readonly left: number }
  | { readonly reason: 'code-expired' | 'code-missing' | SendingReason | 'journey-other-tab' }

type Props = {
  readonly ui: Ui
  readonly channel: ContactChannel
  readonly ref: string
  /** The masked destination of the code; `null` when no code is pending. */
  readonly to: string | null
  /** How long the code works. */
  readonly life: number
  readonly problem: CodeProblem | null
  readonly sentAgain: boolean
  readonly open: OpenTime
}

const OtherActions = ({ ui, channel }: Props) => (
  <>
    <h2>{ui.say('activation.sent.none')}</h2>
    <p>{ui.say(`activation.sent.none.${channel.kind}`)}</p>
    <p>
      <button class="button second" type="submit" name="renvoyer" value="oui">
        {ui.say('activation.sent.again')}
      </button>
    </p>
    <p>
      <button class="button second" type="submit" name="changer" value="oui">
        {ui.say(`activation.sent.change.${channel.kind}`)}
      </button>
    </p>
  </>
)

/** Step 3, 75 %: asks for the code that was sent to the address or the mobile. */
export const contactCodePage = (props: Props) => {
  const { ui, channel, problem, to } = props
  const { say } = ui
  const sentence = problem && say(problem.reason, { left: 'left' in problem ? problem.left : 0 })
  const onField = problem !== null && problem.reason !== 'journey-other-tab'
  return (
    <StepPage
      ui={ui}
      step={3}
      heading="activation.sent.title"
      detail={`contact.${channel.kind}`}
      errors={sentence ? [{ field: onField ? 'code' : null, sentence }] : []}
    >
      {props.sentAgain && (
        <p class="note" role="status">
          {say('activation.sent.done')}
        </p>
      )}
      {to && <p>{say('activation.sent.to', { to, life: ui.duration(props.life) })}</p>}
      <form method="post" noValidate action={ui.href(pages[channel.code])}>
        <input type="hidden" name="demarche" value={props.ref} />
        <Field
          name="code"
          label={say('activation.sent.label')}
          hint={say('activation.sent.hint')}
          error={onField ? (sentence ?? undefined) : undefined}
          input={{ inputMode: 'numeric', autocomplete: 'one-time-code', maxLength: 40, spellcheck: false }}
        />
        <SubmitSection ui={ui} open={props.open} />
        <OtherActions {...props} />
      </form>
      {ui.demonstration && (
        <p>
          <a class="go" href={ui.href('demoMails')}>
            {say('mails.title')}
          </a>
        </p>
      )}
    </StepPage>
  )
}
