import { hours, minutes } from '../clock.ts'
import { HelpdeskAside, HelpdeskLine } from '../ui/helpdesk.tsx'
import { Page } from '../ui/layout.tsx'
import { DoorDrawing } from '../ui/step-indicator.tsx'
import type { Ui } from '../ui/ui.ts'
import type { ProblemKind } from './problems.ts'

type Props = {
  readonly ui: Ui
  readonly kind: ProblemKind
  /** Reference to give to the helpdesk; `null` while the portal is full, when references are not recorded. */
  readonly reference: string | null
  /** Seconds. */
  readonly retryAfter: number | undefined
  /** The page holds the fields of the refused form, in place of `formFieldsPlaceholder`, and sends them again. */
  readonly keeps?: boolean
  /** The answer to a form: whoever goes on leaves no form in the history that Back would send again. */
  readonly answersForm?: boolean
}

/** Replaced by the hidden fields of the refused form, in a page that is rendered in advance. */
export const formFieldsPlaceholder = '@@kept@@'

/** Sends the form again by a button, or by the script after the wait. */
const SendAgain = ({ ui, seconds }: { ui: Ui; seconds: number }) => (
  <form method="post" data-retry={seconds}>
    <p data-with-script hidden>
      {ui.say('problem.busy.by-itself', { seconds })}
    </p>
    {formFieldsPlaceholder}
    <button class="button" type="submit">
      {ui.say('problem.retry')}
    </button>
  </form>
)

const Lead = ({ ui, kind }: { ui: Ui; kind: ProblemKind }) => (
  <p>
    {kind.isTransient ? (
      // biome-ignore lint/a11y/useValidAnchor: links to the current URL, which this page does not know.
      <a class="button" href="">
        {ui.say(kind.name === 'outcome-unknown' ? 'problem.refresh' : 'problem.retry')}
      </a>
    ) : (
      <a class="button" href={ui.href('home')}>
        {ui.say('problem.home')}
      </a>
    )}
  </p>
)

/** Rounded up to minutes, or to hours when it is long, so that nobody comes back too early. */
const waitOf = (ui: Ui, seconds: number) => {
  const unit = seconds > 7200 ? hours(1) : minutes(1)
  return ui.duration(Math.ceil((seconds * 1000) / unit) * unit)
}

/** An error page: what happened, what was not changed, what to do now, whom to call, and the reference to give. */
export const problemPage = ({
  ui,
  kind,
  reference,
  retryAfter,
  keeps = false,
  answersForm = false,
}: Props) => {
  const { say } = ui
  const seconds = retryAfter ?? 5
  const values = { wait: waitOf(ui, retryAfter ?? 60), seconds }
  return (
    <Page
      ui={ui}
      heading={say(`problem.${kind.name}`, values)}
      progress={<DoorDrawing state="shut" />}
      withScript={keeps || answersForm}
    >
      <p>{keeps ? say('problem.busy.kept') : say(`problem.${kind.name}.do`, values)}</p>
      {keeps ? <SendAgain ui={ui} seconds={seconds} /> : <Lead ui={ui} kind={kind} />}
      {reference ? (
        <section class="aside stack" aria-labelledby="reference">
          <h2 id="reference">{say('problem.reference')}</h2>
          <p>{say('problem.reference.do')}</p>
          <p class="big">
            <b>{reference}</b>
          </p>
          <HelpdeskLine ui={ui} />
        </section>
      ) : (
        <HelpdeskAside ui={ui} />
      )}
    </Page>
  )
}
