import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { minutes } from '../../src/clock.ts'
import { movableClock } from '../world/clock.ts'
import { enrolApp } from '../world/factors.ts'
import { type PortalFixture, startPortal } from '../world/portal.ts'
import { newVisitor, type Visitor } from '../world/visitor.ts'

/** A copied cookie of a sign-in that its browser gave up must not be worth a second factor that is shown later. */
describe('a sign-in that waits for its second factor', () => {
  const [login, password] = ['clefevre', 'Bienvenue!2026c']
  const factorPage = '/fr/connexion/second-element/compte'
  const clock = movableClock()
  let fixture: PortalFixture
  let app: (at: number) => string
  beforeAll(async () => {
    const limits = { signInPerNetwork: 1e6 }
    fixture = await startPortal({ directory: 'embedded', store: 'SQLite', clock, config: { limits } })
    const visitor = newVisitor(fixture.url)
    await visitor.signIn(login, password)
    app = (await enrolApp(visitor, clock.now)).app
  })
  afterAll(() => fixture?.stop())

  const waiting = async () => {
    clock.forward(minutes(1))
    const visitor = newVisitor(fixture.url)
    expect((await visitor.signIn(login, password)).location).toBe(factorPage)
    return { visitor, cookie: visitor.cookies.get('__Host-pending') ?? '' }
  }
  const showFactor = async (cookie: string) => {
    const other = newVisitor(fixture.url)
    other.cookies.set('__Host-pending', cookie)
    await other.post(factorPage, { code: app(clock.now()) })
    return other.cookies.get('__Host-session')
  }

  const others: Readonly<Record<string, (visitor: Visitor) => Promise<unknown>>> = {
    'somebody else signs in': visitor => visitor.signIn('ybenali', 'Bienvenue!2026y'),
    'the same person begins again': visitor => visitor.signIn(login, password),
  }
  it.each(Object.entries(others))('opens no session once in its browser %s', async (_, supersede) => {
    const { visitor, cookie } = await waiting()
    await supersede(visitor)
    expect(await showFactor(cookie)).toBeUndefined()
  })

  it('opens a session while nothing else was begun', async () => {
    const { cookie } = await waiting()
    expect(await showFactor(cookie)).toMatch(/./)
  })
})
