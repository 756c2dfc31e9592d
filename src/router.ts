import { h } from 'preact'
import { createPasswordAuthenticator } from './account/sign-in/password-authenticator.ts'
import { accountRoutes } from './account.routes.ts'
import type { Application } from './application.ts'
import { capabilitiesOf } from './authentication-pathways.ts'
import type { Charter } from './charter.ts'
import { demoMailPage, demoMailsPage } from './demonstration/mailbox.page.tsx'
import type { DemoMailbox } from './demonstration/mailbox.ts'
import { demoPeople } from './demonstration/people.ts'
import { PeopleTable } from './demonstration/people-table.part.tsx'
import { helpRoutes } from './help/help.routes.ts'
import { createHelpContext } from './help/help-context.ts'
import type { Pictures } from './help/pictures.ts'
import { sessionCookie } from './identity/session.ts'
import { journeyRoutes } from './journeys.routes.ts'
import type { MailTransport } from './notify/transport.ts'
import { createDestinationReader } from './proofs/sent-code/read-destination.ts'
import type { RouteName } from './routes.ts'
import { charterFormSlugs, charterForms } from './routes.ts'
import { signInRoutes } from './sign-in.routes.ts'
import { statementRoutes } from './statements/statements.routes.ts'
import type { Language } from './texts/texts.ts'
import { charterPage, homePage } from './ui/pages/pages.ts'
import type { Ui } from './ui/ui.ts'
import { type Handler, type HandlerResult, problem } from './web/handler.ts'
import { notFound } from './web/problems.ts'
import { pageForAll, type RouteHandlers, type Router } from './web/register-routes.ts'

/** The routes of the mailbox, which only a demonstration has. */
const demonstrationRoutes = (mailbox: DemoMailbox, ui: (language: Language) => Ui): Router => ({
  demoMails: {
    get: async ({ language }): Promise<HandlerResult> => ({
      kind: 'page',
      page: demoMailsPage({ ui: ui(language), mails: await mailbox.list() }),
    }),
  },
  demoMail: {
    get: async request => {
      const mail = await mailbox.find(request.params.id ?? '')
      return mail
        ? { kind: 'page', page: demoMailPage({ ui: ui(request.language), mail }) }
        : problem(notFound)
    },
  },
})

/** A session cookie of a route that does not declare it in `authentication-pathways.ts` is a bug: the response becomes a 500. */
const enforceDeclaration = (route: RouteName, method: 'get' | 'post', handler: Handler): Handler => {
  const capabilities = capabilitiesOf(route, method)
  const maySetSession = capabilities.includes('opens-session') || capabilities.includes('renews-session')
  return async request => {
    const result = await handler(request)
    const cookies = 'cookies' in result ? (result.cookies ?? []) : []
    if (!maySetSession && cookies.some(({ cookie, value }) => cookie === sessionCookie && value !== ''))
      throw new Error(`${method} ${route} sets a session, which authentication-pathways.ts does not declare`)
    return result
  }
}

const enforceCapabilities = (router: Router): Router =>
  Object.fromEntries(
    (Object.entries(router) as [RouteName, RouteHandlers][]).map(([route, handlers]) => [
      route,
      {
        ...handlers,
        ...(handlers.get && { get: enforceDeclaration(route, 'get', handlers.get) }),
        ...(handlers.post && { post: enforceDeclaration(route, 'post', handlers.post) }),
      },
    ]),
  )

const authenticatorOf = ({ accounts, passwordWrite, ...application }: Application) => {
  const { store, clock, limits, audit, directory, rateLimiter } = application
  const { freezes, sessions, knownBrowsers } = accounts
  const { budget } = passwordWrite
  return createPasswordAuthenticator({
    store,
    clock,
    limits,
    audit,
    directory,
    rateLimiter,
    freezes,
    sessions,
    knownBrowsers,
    budget,
  })
}

/** The handlers of every route of `routes.ts`. */
export const createRouter = (
  application: Application,
  content: {
    ui: (language: Language) => Ui
    charter: Charter
    mailbox: DemoMailbox | null
    pictures: Pictures
    smtpUtf8: MailTransport['smtpUtf8']
  },
): Router => {
  const { ui, charter, mailbox, pictures, smtpUtf8 } = content
  const { settings, limits, proofs } = application
  const { countries } = proofs.smsCodes.messages
  const readDestination = createDestinationReader({ countries, smtpUtf8 })
  const { rules } = application.passwordWrite
  const passwordAuthenticator = authenticatorOf(application)
  const people = (view: Ui) => settings.demonstration && h(PeopleTable, { ui: view, people: demoPeople })

  return enforceCapabilities({
    home: pageForAll(view => homePage({ ui: view, below: people(view) })),
    ...journeyRoutes(application, { ui, charter, readDestination }),
    ...signInRoutes(application, ui, passwordAuthenticator),
    ...accountRoutes(application, { ui, charter, passwordAuthenticator, readDestination }),
    ...helpRoutes({ context: createHelpContext({ settings, limits, rules }), pictures, ui }),
    charter: {
      staticPages: [
        { params: { version: charter.version }, page: view => charterPage({ ui: view, charter }) },
      ],
    },
    charterFor: {
      staticPages: charterForms.map(form => ({
        params: { version: charter.version, form: charterFormSlugs[form] },
        page: (view: Ui) => charterPage({ ui: view, charter, form }),
      })),
    },
    ...statementRoutes({ settings, limits, rules }),
    ...(mailbox && demonstrationRoutes(mailbox, ui)),
  })
}
