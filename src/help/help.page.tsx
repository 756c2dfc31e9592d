import { type HelpTopic, helpSlugs } from '../routes.ts'
import type { TextKey } from '../texts/texts.ts'
import { Page } from '../ui/layout.tsx'
import type { Ui } from '../ui/ui.ts'
import type { Address } from './help.ts'
import { hrefOf } from './part.tsx'
import { Person } from './person.tsx'
import { SearchForm } from './search-form.tsx'

type Line = { readonly key: TextKey; readonly to: Address }
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

/** Every page of the help, by what one came for. */
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

/** « Aide »: a question, or a door for each thing that people come for. */
export const helpPage = ({ ui, eduroam }: { ui: Ui; eduroam: boolean }) => (
  <Page ui={ui} title={ui.say('help.title')} heading={ui.say('help.heading')} lead={ui.say('help.lead')}>
    <SearchForm ui={ui} asked="" />
    <Groups ui={ui} eduroam={eduroam} />
    <Person ui={ui} />
  </Page>
)
