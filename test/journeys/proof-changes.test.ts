import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { movableClock } from '../world/clock.ts'
import { createCrowdVisitors } from '../world/crowd-visitors.ts'
import { enrolApp, printSheet } from '../world/factors.ts'
import { unlimited } from '../world/limits.ts'
import { available, type PortalFixture, type PortalKind, startPortal } from '../world/portal.ts'
import { newVisitor, textOf, type Visitor } from '../world/visitor.ts'

const kinds: readonly PortalKind[] = [
  { directory: 'embedded', store: 'SQLite' },
  { directory: 'embedded', store: 'PostgreSQL' },
]

/** What costs hashes or sends notices each time, and may be begun again and again. */
const begun = {
  'a joker': { path: 'question-joker', fields: { question: 'town', reponse: 'Bourg-la-Reine-du-Nord' } },
  'a sheet of codes': { path: 'codes-de-secours', fields: { action: 'commencer' } },
  'an app': { path: 'application', fields: { action: 'commencer' } },
  'a passkey': { path: 'cles-d-acces', fields: { action: 'commencer' } },
} as const
const names = Object.keys(begun) as (keyof typeof begun)[]

describe.each(kinds.filter(available))('changes of the means of proof, on $store', kind => {
  let fixture: PortalFixture
  const clock = movableClock()
  beforeAll(async () => {
    const limits = { ...unlimited, proofChangesPerPerson: 3 }
    fixture = await startPortal({ ...kind, clock, crowd: 20, config: { limits } })
  })
  afterAll(() => fixture?.stop())

  const crowd = createCrowdVisitors(() => fixture)
  const begin = (visitor: Visitor, name: keyof typeof begun, language = 'fr') =>
    visitor.post(`/${language}/compte/${begun[name].path}`, begun[name].fields)

  it.each(names)(
    '%s is refused once its owner has begun as many as a day allows, and changes nothing',
    async name => {
      const owner = await crowd.signedIn(crowd.nextMember())
      for (const other of ['a joker', 'an app', 'a passkey'] as const)
        expect((await begin(owner, other)).status, other).toBe(303)
      const { store } = fixture.application
      const jokers = () => store.read.selectFrom('jokers').selectAll().orderBy('person').execute()
      const notices = async () =>
        (await store.read.selectFrom('notices').select('id').execute()).map(({ id }) => id)
      const [before, waiting] = [await jokers(), await notices()]
      const refused = await begin(owner, name)
      expect(refused.status).toBe(429)
      expect(textOf(refused.html)).toContain("Trop d'essais : réessayez dans")
      expect(await jokers()).toEqual(before)
      // Those that waited may have gone out meanwhile.
      expect((await notices()).filter(id => !waiting.includes(id))).toEqual([])
    },
  )

  it('says so in English too', async () => {
    const owner = await crowd.signedIn(crowd.nextMember())
    for (let times = 0; times < 3; times += 1) await begin(owner, 'a joker')
    const refused = await begin(owner, 'a joker', 'en')
    expect([refused.status, textOf(refused.html)]).toEqual([
      429,
      expect.stringContaining('Too many attempts'),
    ])
  })

  it('is not used up by a stranger, nor by another person, and never keeps a factor from being removed', async () => {
    const [member, other] = [crowd.nextMember(), crowd.nextMember()]
    const stranger = newVisitor(fixture.url)
    for (let times = 0; times < 5; times += 1) for (const name of names) await begin(stranger, name)
    const busy = await crowd.signedIn(other)
    for (let times = 0; times < 5; times += 1) await begin(busy, 'a joker')
    const owner = await crowd.signedIn(member)
    await enrolApp(owner, clock.now)
    await printSheet(owner)
    expect((await begin(owner, 'a joker')).status).toBe(303)
    expect((await begin(owner, 'a joker')).status).toBe(429)
    expect((await owner.post('/fr/compte/codes-de-secours', { action: 'retirer' })).status).toBe(303)
    expect((await owner.post('/fr/compte/application', { action: 'retirer' })).status).toBe(303)
  })
})
