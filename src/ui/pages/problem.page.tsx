import type { ProblemKind } from '../../web/ask.ts'
import { Door } from '../doors.tsx'
import { Page } from '../layout.tsx'
import type { Ui } from '../ui.ts'

type Props = {
  readonly ui: Ui
  readonly kind: ProblemKind
  /** `null`: under a flood nobody looks a reference up. */
  readonly reference: string | null
  /** Seconds. */
  readonly retryAfter: number | undefined
}

const worthRetrying: readonly ProblemKind[] = [
  'busy',
  'directory-unavailable',
  'identity-unavailable',
  'outcome-unknown',
]

/** A fault: what happened, what was not changed, what to do now, whom to call, and the reference to give. */
export const problemPage = ({ ui, kind, reference, retryAfter }: Props) => {
  const { say } = ui
  const minutes = Math.max(1, Math.ceil((retryAfter ?? 60) / 60))
  return (
    <Page
      ui={ui}
      title={say(`problem.${kind}`)}
      heading={say(`problem.${kind}`)}
      onTheLine={<Door opening="shut" />}
    >
      <p>{say(`problem.${kind}.do`, { minutes })}</p>
      <p>
        {worthRetrying.includes(kind) ? (
          // biome-ignore lint/a11y/useValidAnchor: the page's own address, which a fault knows only as « here ».
          <a class="button" href="">
            {say(kind === 'outcome-unknown' ? 'problem.refresh' : 'problem.retry')}
          </a>
        ) : (
          <a class="button" href={ui.href('home')}>
            {say('problem.home')}
          </a>
        )}
      </p>
      {reference && (
        <section class="note" aria-labelledby="reference">
          <h2 id="reference">{say('problem.reference')}</h2>
          <p>{say('problem.reference.do')}</p>
          <p class="big">
            <b>{reference}</b>
          </p>
        </section>
      )}
    </Page>
  )
}
