import { guidePopulations, helpSlugs, hrefIn, numberSlugs, type RouteName, routes } from '../src/routes.ts'
import { type Language, languages } from '../src/texts/texts.ts'
import { createAccountLifecycle } from '../test/world/account-lifecycle.ts'
import { type AnswerListener, newVisitor } from '../test/world/visitor.ts'
import type { Figure } from './figure.ts'
import { type Demonstration, demoMail, startDemonstration } from './portal-process.ts'

const goal = 14_336
/** gzip is larger than Brotli, which browsers prefer: a bound for gzip is a bound for both. */
const headers = { 'accept-encoding': 'gzip' }

/** Shown only during a write; smaller than the pages before and after. */
const momentary: readonly RouteName[] = ['writing', 'activationWriting']
/** Only with a sign-in server of the institution, which the demonstration does not have: measured in its own suite. */
const external: readonly RouteName[] = ['signInLeave', 'signInReturn', 'signInRefused']
const names = (Object.keys(routes) as RouteName[]).filter(name => !external.includes(name))

/** The first route that matches an address: fixed words come before parameters in `routes.ts`. */
const routeOf = (path: string) =>
  names.find(name =>
    new RegExp(`^/\\w\\w${routes[name].path.replace(/:\w+/g, '[^/]+')}$`).test(path.split('?')[0] ?? ''),
  )

/** Parameters of the static pages that have some. */
const paramsOf = (name: RouteName): readonly Readonly<Record<string, string>>[] => {
  if (/:kind$/.test(routes[name].path)) return Object.values(numberSlugs).map(kind => ({ kind }))
  if (name === 'signInFor' || name === 'sessionEnded') return [{ page: 'compte' }]
  if (name === 'helpTopic') return Object.values(helpSlugs).map(topic => ({ topic }))
  if (name === 'helpGuide') return guidePopulations.map(population => ({ population: helpSlugs[population] }))
  return name === 'charter' ? [{ version: 'demonstration-2026' }] : [{}]
}

/** The page that an address shows without a journey or a session. */
const withoutJourney = [
  'journeyStopped',
  'identifierStopped',
  'activationStopped',
  'signOut',
  'demoMails',
] as const

const walk = async (portal: Demonstration, language: Language, onAnswer: AnswerListener) => {
  const href = hrefIn(language)
  const stranger = newVisitor(portal.url, headers, onAnswer)
  for (const name of names.filter(one => routes[one].get === 'same'))
    for (const params of paramsOf(name)) await stranger.get(href(name, params))
  for (const name of withoutJourney) await stranger.get(href(name))
  await stranger.get(`/${language}/rien`)
  for (const asked of ['mot+de+passe', 'zzyzx']) await stranger.get(`${href('helpSearch')}?q=${asked}`)
  const guide = await stranger.get(href('helpGuide', { population: helpSlugs.staff }))
  const [, picture = ''] = /src="([^"]*\/images\/[^"]*)"/.exec(guide.html) ?? []
  await stranger.get(picture)
  await createAccountLifecycle({
    url: portal.url,
    language,
    now: Date.now,
    activationCode: 'DEMA-RRER-SESA-ME26',
    sentTo: demoMail(portal.url),
    headers,
    onAnswer,
  }).run()
  const { html } = await stranger.get(href('demoMails'))
  const [, mail = ''] = /\/demo\/mails\/([\w-]+)"/.exec(html) ?? []
  await stranger.get(href('demoMail', { id: mail }))
}

type Page = { readonly page: string; readonly bytes: number }

/**
 * The largest page as sent (HTML, style and script are one file), of every route, for everyone who may see it: visitors,
 * people on each step of each journey, signed-in people, pages with their refusals. A route that was not seen fails.
 */
export const pageBytes = async (): Promise<Figure> => {
  const pages: Page[] = []
  const seen = new Set<RouteName>()
  for (const language of languages) {
    const portal = await startDemonstration()
    await walk(portal, language, ({ method, path, status, headers: sent }) => {
      const isPage = status !== 303 && sent.get('content-type')?.startsWith('text/html')
      const route = routeOf(path)
      // An ended journey has its own page: 410.
      if ((status === 200 || status === 410) && route) seen.add(route)
      if (isPage)
        pages.push({ page: `${method} ${path} ${status}`, bytes: Number(sent.get('content-length')) })
    })
    await portal.stop()
    portal.forget()
  }
  const unseen = names.filter(name => !seen.has(name) && !momentary.includes(name))
  const sorted = pages.toSorted((a, b) => b.bytes - a.bytes)
  const [largest] = sorted
  const value = largest?.bytes ?? Number.NaN
  return {
    figure: 'page-bytes-max',
    value,
    goal: `<= ${goal}`,
    good: value <= goal && unseen.length === 0 && pages.every(({ bytes }) => bytes > 500),
    detail: {
      pages: new Set(pages.map(({ page }) => page)).size,
      routes: seen.size,
      unseen,
      largest,
      median: sorted[Math.floor(sorted.length / 2)]?.bytes,
    },
  }
}
