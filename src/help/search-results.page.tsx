import { Page } from '../ui/layout.tsx'
import type { Ui } from '../ui/ui.ts'
import { Groups } from './help.page.tsx'
import { hrefOf } from './help.part.tsx'
import { HelpdeskCard } from './helpdesk-card.part.tsx'
import type { SearchResult } from './search.ts'
import { SearchForm } from './search-form.part.tsx'

type Props = {
  readonly ui: Ui
  readonly query: string
  readonly found: readonly SearchResult[]
  readonly eduroam: boolean
}

const headingOf = ({ ui, query, found }: Props) => {
  if (query === '') return ui.say('help.asked.none')
  return found.length > 0
    ? ui.say('help.found', { count: found.length, query })
    : ui.say('help.none', { query })
}

const Answers = ({ ui, found }: Props) => (
  <ol class="lines">
    {found.map(({ at, title, anchor, heading, excerpt }) => (
      <li>
        <span>
          <a href={`${hrefOf(ui, at)}#${anchor}`}>
            <b>{title}</b> {heading}
          </a>
          <span class="quiet">{excerpt}</span>
        </span>
      </li>
    ))}
  </ol>
)

/** The results of a search; without any, links to all topics. */
export const searchResultsPage = (props: Props) => {
  const { ui, query, found } = props
  return (
    <Page ui={ui} currentPage={{ route: 'helpSearch', query: { q: query } }} heading={headingOf(props)}>
      <SearchForm ui={ui} query={query} />
      {found.length > 0 ? <Answers {...props} /> : <p>{ui.say('help.none.do')}</p>}
      {found.length > 0 ? (
        <p>
          <a class="go" href={ui.href('help')}>
            {ui.say('help.all')}
          </a>
        </p>
      ) : (
        <Groups ui={ui} eduroam={props.eduroam} />
      )}
      <HelpdeskCard ui={ui} />
    </Page>
  )
}
