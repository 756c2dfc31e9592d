import { type HelpTopic, helpSlugs } from '../routes.ts'
import type { TextKey } from '../texts/texts.ts'
import { Page } from '../ui/layout.tsx'
import type { Ui } from '../ui/ui.ts'
import { hrefOf } from './help.part.tsx'
import type { RouteTarget } from './help.ts'
import { HelpdeskCard } from './helpdesk-card.part.tsx'
import { SearchForm } from './search-form.part.tsx'

type Line = { readonly key: TextKey; readonly to: RouteTarget }
type Group = { readonly id: string; readonly heading: TextKey; readonly lines: readonly Line[] }

const topic = (name: HelpTopic): Line => ({
  key: `help.${name}.title`,
  to: { route: 'helpTopic', params: { topic: helpSlugs[name] } },
})
const page = (key: TextKey, route: 'devices' | 'privacy'): Line => ({ key, to: { route } })

const groups: readonly Group[] = [
  {
    id: 'entrer',
    heading: 'help.group.out',
    lines: [topic('password'), topic('identifier'), topic('activation'), topic('sign-in')],
  },
  { id: 'qui', heading: 'help.group.you', lines: [topic('student'), topic('staff'), topic('external')] },
  {
    id: 'compte',
    heading: 'help.group.in',
    lines: [topic('change'), topic('account'), page('devices.link', 'devices')],
  },
  {
    id: 'doute',
    heading: 'help.group.doubt',
    lines: [topic('not-me'), page('help.privacy', 'privacy')],
  },
]

/** Links to all pages of the help, grouped by need. */
export const Groups = ({ ui, eduroam }: { ui: Ui; eduroam: boolean }) => (
  <>
    {groups.map(({ id, heading, lines }) => (
      <section aria-labelledby={id}>
        <h2 id={id}>{ui.say(heading)}</h2>
        <ul class="lines short">
          {lines
            .filter(({ to }) => eduroam || to.route !== 'devices')
            .map(({ key, to }) => (
              <li>
                <a href={hrefOf(ui, to)}>{ui.say(key)}</a>
              </li>
            ))}
        </ul>
      </section>
    ))}
  </>
)

/** « Aide »: the search form, and links to all topics. */
export const helpPage = ({ ui, eduroam }: { ui: Ui; eduroam: boolean }) => (
  <Page ui={ui} heading={ui.say('help.heading')} lead={ui.say('help.lead')}>
    <SearchForm ui={ui} query="" />
    <Groups ui={ui} eduroam={eduroam} />
    <HelpdeskCard ui={ui} />
  </Page>
)
