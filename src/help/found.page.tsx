import { Page } from '../ui/layout.tsx'
import type { Ui } from '../ui/ui.ts'
import { Groups } from './help.page.tsx'
import { hrefOf } from './part.tsx'
import { Person } from './person.tsx'
import type { Found } from './search.ts'
import { SearchForm } from './search-form.tsx'

type Props = {
  readonly ui: Ui
  readonly asked: string
  readonly found: readonly Found[]
  readonly eduroam: boolean
}

const headingOf = ({ ui, asked, found }: Props) => {
  if (asked === '') return ui.say('help.asked.none')
  return found.length > 0
    ? ui.say('help.found', { count: found.length, asked })
    : ui.say('help.none', { asked })
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

/** What the help says of some words; where it says nothing, all of it. */
export const foundPage = (props: Props) => {
  const { ui, asked, found } = props
  return (
    <Page
      ui={ui}
      currentPage={{ route: 'helpSearch', query: { q: asked } }}
      title={ui.say('help.search.title')}
      heading={headingOf(props)}
    >
      <SearchForm ui={ui} asked={asked} />
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
      <Person ui={ui} />
    </Page>
  )
}
