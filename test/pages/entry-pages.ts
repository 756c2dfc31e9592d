import { numberKinds } from '../../src/directory/directory.ts'
import {
  charterFormSlugs,
  guidePopulations,
  helpSlugs,
  numberSlugs,
  type RouteName,
  routes,
  startSlugs,
} from '../../src/routes.ts'
import type { PortalFixture } from '../world/portal.ts'
import { newVisitor } from '../world/visitor.ts'
import type { PagesSeen } from './seen.ts'

type Params = Readonly<Record<string, string>>

const cards = numberKinds.map(kind => ({ kind: numberSlugs[kind] }))

/** Parameters of the static pages. A route without parameters needs no entry. */
const filledWith: { readonly [name in RouteName]?: readonly Params[] } = {
  identify: cards,
  identifyForIdentifier: cards.slice(0, 1),
  identifyForActivation: cards.slice(0, 1),
  journeyMissing: Object.values(startSlugs).map(start => ({ start })),
  signInFor: [{ page: 'compte' }],
  sessionEnded: [{ page: 'compte' }],
  helpTopic: Object.values(helpSlugs).map(topic => ({ topic })),
  helpGuide: guidePopulations.map(population => ({ population: helpSlugs[population] })),
  charter: [{ version: '2026-09' }],
  charterFor: Object.values(charterFormSlugs).map(form => ({ version: '2026-09', form })),
  // Only where the institution's server is configured: `external-pages.ts`.
  signInRefused: [],
}

const entryRoutes = (Object.keys(routes) as RouteName[]).filter(name => routes[name].get === 'same')

/** Every static page, and the refusals of their forms. */
export const staticPages = async (fixture: PortalFixture, { look, refuse }: PagesSeen) => {
  const visitor = newVisitor(fixture.url)
  for (const name of entryRoutes)
    for (const params of filledWith[name] ?? [{}]) await look(visitor, name, params)
  await look(visitor, 'helpSearch')
  await look(visitor, 'signInNext', { page: 'compte' })
  // Another name for each form: a name's tries are counted over all of them.
  const wrong = (identifiant: string) => ({ identifiant, motdepasse: 'faux' })
  await refuse(visitor, 'signIn', wrong('personne-1'))
  await refuse(visitor, 'signInFor', wrong('personne-2'), { params: { page: 'compte' } })
  await refuse(visitor, 'expiredPassword', { identifiant: 'personne-3', ancien: 'faux', nouveau: 'court' })
  const empty = { numero: '', naissance: '31/2/2000' }
  for (const params of cards) await refuse(visitor, 'identify', empty, { params })
  await refuse(visitor, 'identifyForIdentifier', empty, { params: { kind: numberSlugs.ine } })
  await refuse(visitor, 'identifyForActivation', empty, { params: { kind: numberSlugs.ine } })
}
