import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type PortalFixture, startPortal } from '../world/portal.ts'
import { newVisitor } from '../world/visitor.ts'

/** A cookie raises the limits only while its session is valid; an expired cookie counts as a stranger's. */
describe('the limit of a network, met with cookies that we made', () => {
  let fixture: PortalFixture
  const most = 4
  beforeAll(async () => {
    const limits = { postsPerSecondPerNetwork: most, signInPerNetwork: 1e6 }
    fixture = await startPortal({
      directory: 'embedded',
      store: 'SQLite',
      config: { trustedProxies: ['127.0.0.1'], limits },
    })
  })
  afterAll(() => fixture?.stop())

  let networks = 0
  /** Signed in from a network where nothing was sent yet, then signed out. */
  const signedOut = async (login: string, password: string) => {
    networks += 1
    const visitor = newVisitor(fixture.url, { 'x-forwarded-for': `203.0.${networks}.9` })
    await visitor.signIn(login, password)
    const ended = visitor.cookies.get('__Host-session') ?? ''
    await visitor.post('/fr/deconnexion', {})
    visitor.cookies.set('__Host-session', ended)
    return visitor
  }
  /** How many of these posts were taken, and in how many seconds of the clock they may have been counted. */
  const flood = async (visitor: ReturnType<typeof newVisitor>, count: number) => {
    const before = performance.now()
    const sent = Array.from({ length: count }, () => visitor.post('/fr/mot-de-passe/question-joker', {}))
    const taken = (await Promise.all(sent)).filter(({ status }) => status !== 429).length
    return { taken, seconds: Math.ceil((performance.now() - before) / 1000) + 1 }
  }

  it('a session that has ended gets no more than a stranger', async () => {
    const visitor = await signedOut('ybenali', 'Bienvenue!2026y')
    visitor.cookies.delete('__Host-known')
    const { taken, seconds } = await flood(visitor, 40)
    expect(taken).toBeLessThanOrEqual(seconds * most)
  })

  it('a known browser passes while its network is full, a few times', async () => {
    const visitor = await signedOut('clefevre', 'Bienvenue!2026c')
    const beside = newVisitor(fixture.url, { 'x-forwarded-for': `203.0.${networks}.8` })
    const [, own] = await Promise.all([flood(beside, 40), flood(visitor, 40)])
    expect(own.taken).toBeGreaterThanOrEqual(5)
    expect(own.taken).toBeLessThanOrEqual(own.seconds * most + 12)
  })
})
