import { Steps, stepTitle } from '../../ui/doors.tsx'
import { Icon } from '../../ui/icons.tsx'
import { Page } from '../../ui/layout.tsx'
import type { Ui } from '../../ui/ui.ts'

export type ServiceLine = {
  readonly name: string
  readonly use: string
  readonly demonstration: boolean
  /** Only what was really proved has its ✓; `null`: nothing is known, nothing is said. */
  readonly state: { readonly kind: 'proved'; readonly at: number } | { readonly kind: 'pending' } | null
}

const StateOf = ({ ui, line }: { ui: Ui; line: ServiceLine }) => {
  if (line.state?.kind === 'proved')
    return (
      <span class="state good">
        <Icon shape="good" />
        <span>{ui.say('done.proved', { time: ui.time(line.state.at) })}</span>
      </span>
    )
  return line.state ? (
    <span class="state wait">
      <Icon shape="wait" />
      <span>{ui.say('done.pending')}</span>
    </span>
  ) : null
}

const Line = ({ ui, line }: { ui: Ui; line: ServiceLine }) => (
  <li>
    <span>
      <b>
        {line.name} {line.demonstration && <span class="tag">{ui.say('done.pretend')}</span>}
      </b>{' '}
      <span class="quiet">{line.use}</span>
    </span>
    <StateOf ui={ui} line={line} />
  </li>
)

const Next = ({ ui }: { ui: Ui }) => (
  <section class="aside" aria-labelledby="suite">
    <h2 id="suite">{ui.say('done.next')}</h2>
    <ol class="stack">
      <li>{ui.say('done.next.wifi')}</li>
      <li>{ui.say('done.next.mail')}</li>
    </ol>
    <p>
      <a class="button" href={ui.branding.signInUrl ?? ui.href('signIn')}>
        {ui.say('done.sign-in')}
      </a>
    </p>
    {ui.demonstration && (
      <p>
        <a class="go" href={ui.href('demoMails')}>
          {ui.say('mails.title')}
        </a>
      </p>
    )}
  </section>
)

/** Step 4, 100 %. */
export const donePage = ({
  ui,
  services,
  writtenAt,
}: {
  ui: Ui
  services: readonly ServiceLine[]
  writtenAt: number
}) => {
  const pending = services.some(({ state }) => state?.kind === 'pending')
  return (
    <Page
      ui={ui}
      title={stepTitle(ui, 4)}
      heading={ui.say('done.title')}
      onTheLine={<Steps ui={ui} step={4} />}
    >
      <p class="lead">{ui.say('done.sentence')}</p>
      <section class="receipt" aria-labelledby="recu">
        <h2 id="recu">{ui.say('done.remember')}</h2>
        <ul class="lines">
          {services.map(line => (
            <Line ui={ui} line={line} />
          ))}
        </ul>
        <p class="quiet">
          {ui.dateTime(writtenAt)}. {ui.say(pending ? 'done.pending.explain' : 'done.explain')}
        </p>
      </section>
      <Next ui={ui} />
    </Page>
  )
}
