import type { NotMe, NotMeKind } from '../../identity/not-me-tokens.ts'
import { whereFrom } from '../../notify/compose.ts'
import { subjectOf } from '../../notify/subject.ts'
import type { TextKey } from '../../texts/texts.ts'
import { HelpdeskAside } from '../../ui/helpdesk.tsx'
import { Page } from '../../ui/layout.tsx'
import { DoorDrawing } from '../../ui/step-indicator.tsx'
import type { Ui } from '../../ui/ui.ts'

type Props =
  | { readonly ui: Ui; readonly state: 'dead' }
  | { readonly ui: Ui; readonly state: 'ask'; readonly about: NotMe; readonly token: string }
  | { readonly ui: Ui; readonly state: 'done'; readonly about: NotMeKind }

/** What follows, step by step. */
const nextSteps = {
  freeze: ['not-me.frozen.next.helpdesk', 'not-me.frozen.next.password', 'not-me.frozen.next.until'],
  close: ['not-me.closed.next.question', 'not-me.closed.next.recovery'],
} as const satisfies Record<NotMeKind, readonly TextKey[]>

type ResultProps = {
  readonly ui: Ui
  readonly title: string
  readonly sentence: string
  readonly steps?: readonly TextKey[]
}

const ResultPage = ({ ui, title, sentence, steps = [] }: ResultProps) => (
  <Page ui={ui} heading={title} progress={<DoorDrawing state="shut" />} secret>
    <p>{sentence}</p>
    {steps.length > 0 && (
      <section aria-labelledby="suite">
        <h2 id="suite">{ui.say('not-me.next')}</h2>
        <ol class="stack">
          {steps.map(key => (
            <li>{ui.say(key)}</li>
          ))}
        </ol>
      </section>
    )}
    <p>
      <a class="go" href={ui.href('home')}>
        {ui.say('problem.home')}
      </a>
    </p>
    <HelpdeskAside ui={ui} />
  </Page>
)

/** What the mail told of, and when and by which device that was done; nothing for a mail of an older version. */
function Reported({ ui, about }: { ui: Ui; about: NotMe }) {
  const subject = subjectOf(ui.say, about.notice)
  if (subject === null || about.happenedAt === 0) return null
  const where = whereFrom(ui.say, about.device)
  return (
    <p class="note">
      <b>{ui.locale.quote(subject)}</b>
      <span>{ui.say('mail.when', { at: ui.moment(about.happenedAt), ...where })}</span>
    </p>
  )
}

/** « Ce n'est pas moi »: explains what the button does before it is pressed. */
export const notMePage = (props: Props) => {
  const { ui } = props
  const { say } = ui
  if (props.state === 'dead')
    return <ResultPage ui={ui} title={say('token-expired')} sentence={say('not-me.dead')} />
  if (props.state === 'done') {
    const key = props.about === 'freeze' ? 'not-me.frozen' : 'not-me.closed'
    return (
      <ResultPage ui={ui} title={say(`${key}.title`)} sentence={say(key)} steps={nextSteps[props.about]} />
    )
  }
  const { kind } = props.about
  return (
    <Page ui={ui} heading={say('not-me.title')} secret>
      <Reported ui={ui} about={props.about} />
      <p>{say(`not-me.${kind}`)}</p>
      <form method="post" action={ui.href('notMe', { token: '-' })}>
        <input type="hidden" name="jeton" value={props.token} />
        <button class="button" type="submit">
          {say(`not-me.${kind}.button`)}
        </button>
      </form>
      <p>{say('not-me.ignore')}</p>
    </Page>
  )
}
