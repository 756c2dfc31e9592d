import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { headsInLines } from '../../src/audit/external-heads.ts'
import { rollingChains } from '../../src/audit/rolling.ts'
import { verifyAudit } from '../../src/audit/verify.ts'
import { days, minutes } from '../../src/clock.ts'
import { auditPartsOf, purgeApplication } from '../world/application-parts.ts'
import { movableClock } from '../world/clock.ts'
import { unlimitedJourneys, unlimitedPosts } from '../world/limits.ts'
import { available, type PortalFixture, type PortalKind, startPortal } from '../world/portal.ts'
import { newVisitor, textOf } from '../world/visitor.ts'

const kinds: readonly PortalKind[] = [
  { directory: 'embedded', store: 'SQLite' },
  { directory: 'embedded', store: 'PostgreSQL' },
]
const strangers = 120

describe.each(kinds.filter(available))('what strangers leave in the audit on $store', kind => {
  let fixture: PortalFixture
  const clock = movableClock()
  beforeAll(async () => {
    const limits = { ...unlimitedPosts, ...unlimitedJourneys, identificationFloor: 1 }
    fixture = await startPortal({
      ...kind,
      clock,
      config: { limits, audit: { headMail: 'securite@univ.example' } },
    })
  })
  afterAll(() => fixture?.stop())

  const inStore = async () => {
    const { read } = fixture.application.store
    const events = await read.selectFrom('audit_events').select(['chain', 'kind']).execute()
    const details = await read.selectFrom('audit_details').select('chain').execute()
    const heads = await read.selectFrom('audit_heads').select('chain').execute()
    const opened = events.filter(({ kind: event }) => event === 'journey.opened').length
    return { opened, heads: heads.map(({ chain }) => chain), details: details.length }
  }
  const mails = async () =>
    (await fixture.application.store.read.selectFrom('demo_mails').selectAll().execute()).filter(
      ({ recipient }) => recipient === 'securite@univ.example',
    )

  it('wrong dates and unknown numbers share sixty-four chains, and are deleted after a year', {
    timeout: 120_000,
  }, async () => {
    const date = (index: number) => `${1 + (index % 28)}/${1 + (index % 12)}/${1960 + (index % 30)}`
    const numbers = (index: number) => (index % 2 ? '204518' : String(300_000 + index))
    for (let from = 0; from < strangers; from += 10)
      await Promise.all(
        Array.from({ length: 10 }, (_, index) => {
          const which = from + index
          return newVisitor(fixture.url).identify('numero-personnel', numbers(which), date(which))
        }),
      )
    const { opened, heads } = await inStore()
    expect(opened).toBe(strangers)
    expect(heads.filter(chain => chain !== 'system' && !rollingChains.includes(chain))).toEqual([])

    clock.forward(days(364))
    await purgeApplication(fixture.application)
    expect((await inStore()).opened).toBe(strangers)
    clock.forward(days(2))
    await purgeApplication(fixture.application)
    expect(await inStore()).toMatchObject({ opened: 0 })
    expect((await verifyAudit(auditPartsOf(fixture.application))).broken).toEqual([])

    // The next event is linked to what was cut.
    await newVisitor(fixture.url).identify('numero-personnel', '204518', '1/1/1960')
    expect((await verifyAudit(auditPartsOf(fixture.application))).broken).toEqual([])
  })

  it('a portal that starts seals the changed chains, logs the head, and mails it once a day', async () => {
    fixture = await fixture.restart()
    const inLog = () => headsInLines(fixture.lines)
    await expect.poll(() => inLog().size).toBe(1)
    await expect.poll(async () => (await mails()).length).toBe(1)
    const [mail] = await mails()
    const [[sequence, link] = [0, '']] = inLog()
    expect(mail?.body).toContain(`sesame audit verify --head ${sequence}:${link}`)
    expect((await verifyAudit(auditPartsOf(fixture.application), { heads: inLog() })).broken).toEqual([])

    await newVisitor(fixture.url).identify('numero-personnel', '204518', '2/1/1960')
    clock.forward(minutes(2))
    fixture = await fixture.restart()
    await expect.poll(() => inLog().size).toBe(2)
    const today = Math.floor(clock.now() / days(1))
    const first = Math.floor((mail?.received_at ?? 0) / days(1))
    expect(await mails()).toHaveLength(today === first ? 1 : 2)
    expect((await verifyAudit(auditPartsOf(fixture.application), { heads: inLog() })).broken).toEqual([])
  })

  it('the owner reads in the journal what a stranger did before a proof, in its order', async () => {
    const stranger = newVisitor(fixture.url)
    await stranger.identify('numero-etudiant', '22104587', '3/11/2004')
    await stranger.answer('faux')
    clock.forward(minutes(1))
    const owner = newVisitor(fixture.url)
    await owner.signIn('ybenali', 'Bienvenue!2026y')
    const journal = textOf((await owner.get('/fr/compte/journal')).html)
    const order = [
      'Connexion',
      'Mauvaise réponse à la question joker',
      'Récupération du mot de passe commencée',
    ]
    const targets = order.map(sentence => journal.indexOf(sentence, journal.indexOf('Mon journal') + 1))
    expect(targets.every(place => place > 0)).toBe(true)
    expect(journal.indexOf(order[1] ?? '')).toBeLessThan(journal.indexOf(order[2] ?? ''))
    const json = JSON.parse((await owner.get('/fr/compte/journal/compte.json')).html) as {
      journal: { kind: string }[]
    }
    const eventKinds = json.journal.map(({ kind: event }) => event)
    expect(eventKinds.indexOf('sign-in.accepted')).toBeLessThan(eventKinds.indexOf('joker.wrong'))
    expect(eventKinds.indexOf('joker.wrong')).toBeLessThan(eventKinds.indexOf('journey.opened'))
  })
})
