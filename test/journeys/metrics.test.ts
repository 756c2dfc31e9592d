import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createCrowdVisitors } from '../world/crowd-visitors.ts'
import { unlimited } from '../world/limits.ts'
import { sendWaitingMails } from '../world/mailbox.ts'
import { available, type PortalFixture, startPortal } from '../world/portal.ts'
import { newVisitor } from '../world/visitor.ts'

const kinds = [
  { directory: 'embedded', store: 'SQLite' },
  { directory: 'embedded', store: 'PostgreSQL' },
] as const

/** The value of a series, and all names of series, in the text format of Prometheus. */
const seriesIn = (text: string) =>
  new Map(
    text
      .split('\n')
      .filter(line => line !== '' && !line.startsWith('#'))
      .map(line => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]),
  )

describe.each(kinds.filter(available))('the figures on the operator’s listener, on $store', kind => {
  let fixture: PortalFixture
  beforeAll(async () => {
    fixture = await startPortal({ ...kind, crowd: 4, config: { limits: unlimited } })
  })
  afterAll(() => fixture?.stop())
  const crowd = createCrowdVisitors(() => fixture)

  const response = () => fetch(`${fixture.portal.adminUrl}/metrics`)
  const read = async () => seriesIn(await (await response()).text())
  const reset = async () => {
    const member = crowd.nextMember()
    const visitor = newVisitor(fixture.url)
    await visitor.answerJokerAs(member)
    const { html } = await visitor.get('/fr/mot-de-passe/nouveau')
    const chosen = 'Tr0mbone&Cascade-8'
    await visitor.post('/fr/mot-de-passe/nouveau', {
      ...{ nouveau: chosen, confirmation: chosen, charte: 'oui', demarche: visitor.refIn(html) },
    })
    return { member, chosen }
  }

  it('count what people did: requests by route, durations of forms, events of the audit log', async () => {
    const before = await read()
    await reset()
    const after = await read()
    const grown = (name: string) => (after.get(name) ?? 0) - (before.get(name) ?? 0)
    const joker = '/fr/mot-de-passe/question-joker'
    expect(grown(`sesame_requests_total{route="${joker}",method="POST",status="303"}`)).toBe(1)
    expect(grown(`sesame_post_duration_seconds_count{route="${joker}"}`)).toBe(1)
    expect(grown('sesame_events_total{kind="joker.right"}')).toBe(1)
    expect(grown('sesame_events_total{kind="password.written"}')).toBe(1)
  })

  it('say which part can be used, and what waits', async () => {
    await expect.poll(async () => (await read()).get('sesame_part_up{part="store"}')).toBe(1)
    const figures = await read()
    for (const name of ['sesame_hashes{state="waiting"}', 'sesame_sealed_passwords', 'sesame_notices'])
      expect(figures.get(name)).toBeGreaterThanOrEqual(0)
    expect(figures.get('process_resident_memory_bytes')).toBeGreaterThan(1e7)
  })

  it('are of Prometheus’s text format, on this listener alone, by GET', async () => {
    expect((await response()).headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/)
    expect((await newVisitor(fixture.url).get('/metrics')).status).toBe(404)
    const posted = await fetch(`${fixture.portal.adminUrl}/metrics`, { method: 'POST' })
    expect(posted.status).toBe(405)
  })

  it('tell nobody’s name, number, login or password', async () => {
    const { member, chosen } = await reset()
    const text = await (await response()).text()
    for (const secret of [member.number, member.login, member.id, chosen]) expect(text).not.toContain(secret)
  })

  it('have no series more under a flood of other paths, methods, numbers and hosts', async () => {
    const flood = async (round: number) => {
      const visitor = newVisitor(fixture.url)
      for (let nth = 0; nth < 40; nth += 1) {
        const one = `${round}-${nth}`
        await visitor.get(`/fr/nulle-part-${one}`)
        await visitor.get(`/fr/aide/recherche?q=${one}`)
        await visitor.get(`/fr/connexion/vers/${one}`)
        await visitor.get(`/fr/mot-de-passe/identification/${one}`)
        await visitor.post('/fr/mot-de-passe/identification/numero-personnel', {
          numero: `${round}${nth}0000`,
          naissance: '1/2/1980',
        })
        await visitor.post('/fr/connexion', { identifiant: `nobody${one}`, motdepasse: 'Faux-Passage-1' })
        await fetch(new URL('/fr', fixture.url), { method: nth % 2 ? 'DELETE' : 'PROPFIND' })
        await fetch(new URL('/fr', fixture.url), { method: `X${nth}` }).catch(() => {})
      }
    }
    /** A limit may be reached at any moment: how a route answers is a list of the code, so the status alone may be new. */
    const names = async () =>
      [...new Set([...(await read()).keys()].map(name => name.replace(/status="\d{3}"/, 'status')))]
        .filter(name => !name.includes('kind="system.'))
        .sort()
    await flood(1)
    // What jobs do at their own time has its events too: the mails of the resets above.
    await sendWaitingMails(fixture)
    const before = await names()
    await flood(2)
    expect(await names()).toEqual(before)
    expect((await names()).join('\n')).not.toMatch(/nulle-part|nobody|10000/)
  })
})
