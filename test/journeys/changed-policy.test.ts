import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { digestOf } from '../../src/crypto/crypto.ts'
import { createCrowdVisitors } from '../world/crowd-visitors.ts'
import { enrolApp } from '../world/factors.ts'
import { unlimited } from '../world/limits.ts'
import { type PortalFixture, startPortal } from '../world/portal.ts'
import { type PortalProcess, spawnPortal } from '../world/portal-process.ts'
import { freePort } from '../world/ports.ts'
import { newVisitor, textOf } from '../world/visitor.ts'

const choice = '/fr/mot-de-passe/preuve'
const factor = '/fr/mot-de-passe/second-element'

/** The operator changes what a recovery asks for, and starts the portal anew, while journeys are open. */
const changes = [
  { change: 'less', before: [['joker', 'recovery-code']], after: ['joker'], page: choice },
  { change: 'more', before: ['joker'], after: [['joker', 'recovery-code']], page: factor },
] as const

describe.each(changes)('a policy that asks for $change than when the journey began', one => {
  let fixture: PortalFixture
  let later: PortalProcess
  let url = ''
  beforeAll(async () => {
    const recovery = { password: { staff: one.before } }
    fixture = await startPortal({
      ...{ directory: 'embedded', store: 'SQLite', crowd: 4 },
      config: { limits: unlimited, recovery },
    })
    const port = await freePort()
    url = `http://127.0.0.1:${port}`
    const changed = { publicUrl: url, recovery: { password: { staff: one.after } } }
    later = await spawnPortal(fixture, port, undefined, changed)
  })
  afterAll(async () => {
    await later?.stop()
    await fixture?.stop()
  })
  const crowd = createCrowdVisitors(() => fixture)

  it('ends the journey with a page that says so, judges nothing and changes no row', async () => {
    const member = crowd.nextMember()
    const { app } = await enrolApp(await crowd.signedIn(member), Date.now)
    let at = fixture.url
    const visitor = newVisitor(() => at)
    expect((await visitor.answerJokerAs(member)).location).toBe(one.page)
    const demarche = visitor.refIn((await visitor.get(one.page)).html)
    const rows = fixture.application.store.read.selectFrom('journeys').selectAll()
    const row = rows.where('id', '=', digestOf(visitor.cookies.get('__Host-journey') ?? ''))
    const before = await row.executeTakeFirst()
    at = url
    const answers = [
      await visitor.get(one.page),
      await visitor.post(one.page, { code: app(Date.now() + 30_000), demarche }),
    ]
    for (const { status, html } of answers) {
      expect(status).toBe(410)
      expect(textOf(html)).toContain('recommencez')
    }
    expect(before?.proved).toBe(JSON.stringify({ joker: JSON.parse(before?.proved ?? '{}').joker }))
    expect(await row.executeTakeFirst()).toEqual(before)
  })
})
