import { Page } from '../ui/layout.tsx'
import type { HelpPage } from './help.ts'
import { hrefOf, PartOf, type Shown } from './part.tsx'
import { Person } from './person.tsx'

const hasPicture = ({ sections }: HelpPage) =>
  sections.some(({ deps }) =>
    deps.some(
      part => part.kind === 'picture' || (part.kind === 'steps' && part.steps.some(({ picture }) => picture)),
    ),
  )

/** One page of the help: what to do, the button that does it, whom to call. */
export const topicPage = ({ page, ...shown }: Shown & { page: HelpPage }) => {
  const { ui } = shown
  const { say } = ui
  return (
    <Page
      ui={ui}
      heading={say(page.title)}
      title={`${say(page.title)} · ${say('help.title')}`}
      lead={say(page.lead)}
    >
      {page.sections.map(({ id, heading, deps }) => (
        <section
          aria-labelledby={id}
          class={deps.every(({ kind }) => kind === 'link') ? 'unprinted' : undefined}
        >
          <h2 id={id}>{say(heading)}</h2>
          {deps.map(part => (
            <PartOf {...shown} part={part} />
          ))}
        </section>
      ))}
      {hasPicture(page) && !ui.demonstration && <p class="quiet unprinted">{say('help.demonstration')}</p>}
      <div class="stack unprinted">
        {page.start && (
          <p>
            <a class="button" href={hrefOf(ui, page.start.to)}>
              {say(page.start.key)}
            </a>
          </p>
        )}
        <p>
          <a class="go" href={ui.href('help')}>
            {say('help.all')}
          </a>
        </p>
      </div>
      <Person ui={ui} />
    </Page>
  )
}
