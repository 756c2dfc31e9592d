import { devicesPage, deviceTexts } from '../services/receipt/devices.page.tsx'
import type { Language } from '../texts/texts.ts'
import type { Ui } from '../ui/ui.ts'
import type { Handler } from '../web/handler.ts'
import type { Router } from '../web/register-routes.ts'
import { helpPages } from './all.ts'
import { foundPage } from './found.page.tsx'
import { helpPage } from './help.page.tsx'
import type { Known } from './help.ts'
import type { Pictures } from './pictures.ts'
import { helpSearch, type Searched, searched } from './search.ts'
import { longestQuestion } from './search-form.tsx'
import { topicPage } from './topic.page.tsx'

type Deps = { readonly known: Known; readonly pictures: Pictures; readonly ui: (language: Language) => Ui }

const devicesSearched = (ui: Ui): Searched => ({
  at: { route: 'devices' },
  title: ui.say('devices.title'),
  others: `${ui.say('devices.words')} ${ui.say('devices.lead')}`,
  passages: deviceTexts(ui),
})

/** « Aide »: made ahead of time like every page that is the same for all, but for the answers of its search. */
export const helpRoutes = ({ known, pictures, ui }: Deps): Router => {
  const pages = helpPages(known)
  const eduroam = known.services.some(({ id }) => id === 'eduroam')
  const at = (route: 'helpTopic' | 'helpGuide') => ({
    staticPages: pages
      .filter(page => page.at.route === route)
      .map(page => ({
        params: page.at.params ?? {},
        page: (view: Ui) => topicPage({ ui: view, known, pictures, page }),
      })),
  })
  const searchIn = (language: Language) => {
    const view = ui(language)
    return helpSearch([
      ...pages.map(page => searched(view, known, page)),
      ...(eduroam ? [devicesSearched(view)] : []),
    ])
  }
  const made = new Map<Language, ReturnType<typeof searchIn>>()
  const search: Handler = async request => {
    const asked = (request.query('q') ?? '').trim().slice(0, longestQuestion)
    const find = made.get(request.language) ?? searchIn(request.language)
    made.set(request.language, find)
    const page = foundPage({ ui: ui(request.language), asked, found: find(asked), eduroam })
    return { kind: 'page', page }
  }
  return {
    help: { staticPages: [{ params: {}, page: view => helpPage({ ui: view, eduroam }) }] },
    helpSearch: { get: search },
    helpTopic: at('helpTopic'),
    helpGuide: at('helpGuide'),
    helpPicture: { get: pictures.give },
    devices: { staticPages: [{ params: {}, page: view => devicesPage({ ui: view }) }] },
  }
}
