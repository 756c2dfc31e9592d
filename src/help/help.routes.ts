import { devicesPage, deviceTexts } from '../services/receipt/devices.page.tsx'
import type { Language } from '../texts/texts.ts'
import type { Ui } from '../ui/ui.ts'
import type { Handler } from '../web/handler.ts'
import type { Router } from '../web/register-routes.ts'
import { helpPages } from './all.ts'
import { helpPage } from './help.page.tsx'
import type { HelpContext } from './help.ts'
import type { Pictures } from './pictures.ts'
import { helpSearch, type SearchablePage, toSearchablePage } from './search.ts'
import { longestQuestion } from './search-form.part.tsx'
import { searchResultsPage } from './search-results.page.tsx'
import { topicPage } from './topic.page.tsx'

type Deps = {
  readonly context: HelpContext
  readonly pictures: Pictures
  readonly ui: (language: Language) => Ui
}

const searchableDevicesPage = (ui: Ui): SearchablePage => ({
  at: { route: 'devices' },
  title: ui.say('devices.title'),
  synonyms: `${ui.say('devices.words')} ${ui.say('devices.lead')}`,
  passages: deviceTexts(ui),
})

/** « Aide »: static pages, except for the results of the search. */
export const helpRoutes = ({ context, pictures, ui }: Deps): Router => {
  const pages = helpPages(context)
  const eduroam = context.services.some(({ id }) => id === 'eduroam')
  const at = (route: 'helpTopic' | 'helpGuide') => ({
    staticPages: pages
      .filter(page => page.at.route === route)
      .map(page => ({
        params: page.at.params ?? {},
        page: (view: Ui) => topicPage({ ui: view, context, pictures, page }),
      })),
  })
  const searchIn = (language: Language) => {
    const view = ui(language)
    return helpSearch([
      ...pages.map(page => toSearchablePage(view, context, page)),
      ...(eduroam ? [searchableDevicesPage(view)] : []),
    ])
  }
  const made = new Map<Language, ReturnType<typeof searchIn>>()
  const search: Handler = async request => {
    const query = (request.query('q') ?? '').trim().slice(0, longestQuestion)
    const find = made.get(request.language) ?? searchIn(request.language)
    made.set(request.language, find)
    const page = searchResultsPage({ ui: ui(request.language), query, found: find(query), eduroam })
    return { kind: 'page', page }
  }
  return {
    help: { staticPages: [{ params: {}, page: view => helpPage({ ui: view, eduroam }) }] },
    helpSearch: { get: search },
    helpTopic: at('helpTopic'),
    helpGuide: at('helpGuide'),
    helpPicture: { get: pictures.serve },
    devices: { staticPages: [{ params: {}, page: view => devicesPage({ ui: view }) }] },
  }
}
