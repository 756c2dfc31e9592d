import type { RecoveryKind } from '../../proofs/proof-registry.ts'
import { FactorCodeField, NothingOfThese } from '../../proofs/second-factor/factor-form.part.tsx'
import { type AskingReason, isSentKind } from '../../proofs/sent-code/journey-code.ts'
import type { TextKey } from '../../texts/texts.ts'
import { Field } from '../../ui/field.tsx'
import { Page } from '../../ui/layout.tsx'
import { type OpenTime, OpenUntil } from '../../ui/open-until.tsx'
import { StepIndicator } from '../../ui/step-indicator.tsx'
import { Summary } from '../../ui/summary.tsx'
import type { Ui } from '../../ui/ui.ts'
import { PasskeyPart } from './passkey-proof.part.tsx'
import { type CodeKind, isCodeKind } from './read-code.ts'
import type { ProofStep } from './step-context.ts'
import type { ProveState } from './steps.ts'

export type ProofProblem =
  | {
      readonly reason:
        | 'proof-choice'
        | 'printed-form'
        | 'code-missing'
        | 'helpdesk-code-form'
        | 'helpdesk-code-wrong'
        | 'factor-wrong-printed'
        | 'proof-code-wrong'
        | 'proof-messages-spent'
        | 'passkey-late'
        | 'passkey-refused'
        | 'factor-restart'
        | 'journey-other-tab'
    }
  | { readonly reason: AskingReason; readonly opensAt: number }

type Props = {
  readonly ui: Ui
  readonly proofStep: Pick<ProofStep<ProveState>, 'definition' | 'page'>
  readonly ref: string
  readonly chosen: RecoveryKind | null
  readonly askedAgain: boolean
  readonly offered: readonly RecoveryKind[]
  /** The text messages of the day are used up: a code that was asked for is still typed, no other is asked for. */
  readonly areMessagesSpent: boolean
  /** What a passkey is asked for; `null`: nothing. */
  readonly passkey: unknown
  /** How long a sent code works. */
  readonly codeLife: number
  readonly open: OpenTime
  readonly problem: ProofProblem | null
}
type CodeProps = Props & { readonly kind: CodeKind }

const fieldReasons: readonly string[] = [
  'helpdesk-code-form',
  'helpdesk-code-wrong',
  'printed-form',
  'code-missing',
  'factor-wrong-printed',
  'proof-code-wrong',
  'factor-restart',
]

const hints = {
  'recovery-code': 'second.hint.sheet',
  'helpdesk-code': 'proof.helpdesk.hint',
  'mail-code': 'activation.sent.hint',
  'sms-code': 'activation.sent.hint',
} as const satisfies Readonly<Record<CodeKind, TextKey>>

const sent = { autocomplete: 'one-time-code', inputMode: 'numeric', spellcheck: false } as const

const CodeForm = ({ ui, proofStep, ref, open, kind, error }: CodeProps & { error: string | undefined }) => (
  <form method="post" noValidate action={ui.href(proofStep.page)}>
    <input type="hidden" name="demarche" value={ref} />
    {isSentKind(kind) ? (
      <Field
        name="code"
        label={ui.say('activation.sent.label')}
        hint={ui.say(hints[kind])}
        error={error}
        input={{ ...sent, maxLength: 60 }}
      />
    ) : (
      <FactorCodeField ui={ui} hint={hints[kind]} error={error} />
    )}
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

/** For a person who received nothing: the same words whether or not there is somewhere to send a code to. */
const NothingReceived = (props: CodeProps) => {
  const { ui, proofStep, ref, kind, areMessagesSpent } = props
  if (!isSentKind(kind)) return null
  if (kind === 'sms-code' && areMessagesSpent) return <p class="note">{ui.say('proof-messages-spent')}</p>
  return (
    <form method="post" action={ui.href(proofStep.page)}>
      <input type="hidden" name="demarche" value={ref} />
      <h2>{ui.say('activation.sent.none')}</h2>
      <p>{ui.say(kind === 'mail-code' ? 'activation.sent.none.mail' : 'activation.sent.none.mobile')}</p>
      <p>
        <button class="button second" type="submit" name="laquelle" value={kind}>
          {ui.say('activation.sent.again')}
        </button>
      </p>
    </form>
  )
}

/** The page of a code: its form, and for a sent one where it goes, by no address. */
const CodePart = (props: CodeProps & { error: string | undefined }) => {
  const { ui, kind, askedAgain, codeLife, problem } = props
  return (
    <>
      {askedAgain && !problem && (
        <p class="note" role="status">
          {ui.say('activation.sent.done')}
        </p>
      )}
      {isSentKind(kind) && <p>{ui.say(`proof.${kind}.to`, { life: ui.duration(codeLife) })}</p>}
      <CodeForm {...props} />
      <NothingReceived {...props} />
    </>
  )
}

const sentenceOf = (ui: Ui, problem: ProofProblem) =>
  'opensAt' in problem ? ui.say(problem.reason, { until: ui.until(problem.opensAt) }) : ui.say(problem.reason)

const titles = {
  'recovery-code': 'proof.printed',
  'helpdesk-code': 'proof.helpdesk',
  'mail-code': 'proof.sent',
  'sms-code': 'proof.sent',
  passkey: 'proof.passkey.title',
} as const satisfies Readonly<Record<CodeKind | 'passkey', TextKey>>

/** The proof whose part of the page is shown; `null`: none was chosen, or it has a page of its own. */
const askedOf = ({ chosen, offered }: Props) => {
  const hasPart = isCodeKind(chosen) || chosen === 'passkey'
  return hasPart && offered.includes(chosen) ? chosen : null
}

/** The form of the proof that was chosen. */
const AskedPart = (props: Props & { asked: CodeKind | 'passkey'; error: string | undefined }) => {
  const { ui, proofStep, ref, passkey, asked } = props
  return asked === 'passkey' ? (
    <PasskeyPart ui={ui} action={ui.href(proofStep.page)} journey={ref} options={passkey} />
  ) : (
    <CodePart {...props} kind={asked} />
  )
}

/** Step 2: which ways there are, and the code of the one that was chosen. */
export const proofPage = (props: Props) => {
  const { ui, proofStep, offered, areMessagesSpent, passkey, problem } = props
  const asked = askedOf(props)
  const ways = offered.filter(each => each !== asked && !(each === 'sms-code' && areMessagesSpent))
  const stepTitles = proofStep.definition.stepTitles.map(title =>
    title === 'joker.step' ? 'proof.step' : title,
  )
  const sentence = problem && sentenceOf(ui, problem)
  const onField = isCodeKind(asked) && problem !== null && fieldReasons.includes(problem.reason)
  return (
    <Page
      ui={ui}
      heading={ui.say(asked ? titles[asked] : 'proof.title')}
      lead={asked ? undefined : ui.say('proof.lead')}
      currentPage={{ route: proofStep.page }}
      progress={<StepIndicator ui={ui} stepTitles={stepTitles} step={2} />}
      hasErrors={problem !== null}
      withScript={!passkey}
      withPasskey={Boolean(passkey)}
    >
      {sentence && <Summary ui={ui} errors={[{ field: onField ? 'code' : null, sentence }]} />}
      {areMessagesSpent && asked !== 'sms-code' && problem?.reason !== 'proof-messages-spent' && (
        <p class="note">{ui.say('proof-messages-spent')}</p>
      )}
      {asked && <AskedPart {...props} asked={asked} error={onField ? (sentence ?? undefined) : undefined} />}
      {ways.length > 0 && (
        <>
          {asked && <h2>{ui.say('proof.others')}</h2>}
          <Ways {...props} ways={ways} />
        </>
      )}
      {ui.demonstration && (
        <p>
          <a class="go" href={ui.href('demoMails')}>
            {ui.say('mails.title')}
          </a>
        </p>
      )}
      <NothingOfThese ui={ui} />
    </Page>
  )
}
