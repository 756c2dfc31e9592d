import type { NotMeKind } from '../../identity/not-me-tokens.ts'
import { HelpdeskIfNamed } from '../../ui/helpdesk.tsx'
import { Page } from '../../ui/layout.tsx'
import { DoorDrawing } from '../../ui/step-indicator.tsx'
import type { Ui } from '../../ui/ui.ts'

type Props =
  | { readonly ui: Ui; readonly state: 'dead' }
  | { readonly ui: Ui; readonly state: 'ask'; readonly about: NotMeKind; readonly token: string }
  | { readonly ui: Ui; readonly state: 'done'; readonly about: NotMeKind }

const ResultPage = ({ ui, title, sentence }: { ui: Ui; title: string; sentence: string }) => (
  <Page ui={ui} heading={title} progress={<DoorDrawing state="shut" />} secret>
    <p>{sentence}</p>
    <HelpdeskIfNamed ui={ui} sentences={[sentence]} />
    <p>
      <a class="go" href={ui.href('home')}>
        {ui.say('problem.home')}
      </a>
    </p>
  </Page>
)

/** « Ce n'est pas moi »: explains what the button does before it is pressed. */
export const notMePage = (props: Props) => {
  const { ui } = props
  const { say } = ui
  if (props.state === 'dead')
    return <ResultPage ui={ui} title={say('token-expired')} sentence={say('not-me.dead')} />
  if (props.state === 'done') {
    const key = props.about === 'freeze' ? 'not-me.frozen' : 'not-me.closed'
    return <ResultPage ui={ui} title={say(`${key}.title`)} sentence={say(key)} />
  }
  return (
    <Page ui={ui} heading={say('not-me.title')} secret>
      <p>{say(`not-me.${props.about}`)}</p>
      <form method="post" action={ui.href('notMe', { token: '-' })}>
        <input type="hidden" name="jeton" value={props.token} />
        <button class="button" type="submit">
          {say(`not-me.${props.about}.button`)}
        </button>
      </form>
      <p>{say('not-me.ignore')}</p>
    </Page>
  )
}
