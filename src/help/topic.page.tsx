import { Page } from '../ui/layout.tsx'
import { hrefOf, PartView, type RenderContext } from './help.part.tsx'
import { type HelpPage, ownSections } from './help.ts'
import { HelpdeskCard } from './helpdesk-card.part.tsx'
import { OwnBlockView } from './own-block.part.tsx'

const hasPicture = ({ sections }: HelpPage) =>
  sections.some(({ parts }) =>
    parts.some(
      part => part.kind === 'picture' || (part.kind === 'steps' && part.steps.some(({ picture }) => picture)),
    ),
  )

/** One page of the help: its sections, its button and how to reach the helpdesk. */
export const topicPage = ({ page, ...renderContext }: RenderContext & { page: HelpPage }) => {
  const { ui } = renderContext
  const { say } = ui
  return (
    <Page ui={ui} heading={say(page.title)} lead={say(page.lead)}>
      {page.sections.map(({ id, heading, parts }) => (
        <section
          aria-labelledby={id}
          class={parts.every(({ kind }) => kind === 'link') ? 'unprinted' : undefined}
        >
          <h2 id={id}>{say(heading)}</h2>
          {parts.map(part => (
            <PartView {...renderContext} part={part} />
          ))}
        </section>
      ))}
      {ownSections(renderContext.context, page, ui.language).map(({ id, heading, blocks }) => (
        <section aria-labelledby={id}>
          <h2 id={id}>{heading}</h2>
          {blocks.map(block => (
            <OwnBlockView block={block} />
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
      <HelpdeskCard ui={ui} />
    </Page>
  )
}
