import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { days, hours } from '../../src/clock.ts'
import { movableClock } from '../world/clock.ts'
import { confirmContact } from '../world/contacts.ts'
import type { CrowdMember } from '../world/crowd.ts'
import { unlimited, unlimitedJourneys } from '../world/limits.ts'
import { codeSentTo } from '../world/mailbox.ts'
import { available, type PortalFixture, type PortalKind, startPortal } from '../world/portal.ts'
import { proofChoice } from '../world/recoveries.ts'
import { newVisitor, textOf, type Visitor } from '../world/visitor.ts'

const kinds: readonly PortalKind[] = [
  { directory: 'embedded', store: 'SQLite' },
  { directory: 'embedded', store: 'PostgreSQL' },
]

const most = 6
const factor = 2
const inCampus = '198.51.100.9'
const sentence = 'Trop de codes ont été demandés depuis votre réseau'

describe.each(kinds.filter(available))('codes by mail for one network, on $store', kind => {
  let fixture: PortalFixture
  const clock = movableClock()
  beforeAll(async () => {
    const staff = ['mail-code']
    fixture = await startPortal({
      ...kind,
      clock,
      crowd: 60,
      config: {
        limits: { ...unlimited, ...unlimitedJourneys, codesPerNetworkPerDay: most, campusFactor: factor },
        trustedProxies: ['127.0.0.1'],
        campusNetworks: ['198.51.100.0/24'],
        recovery: { password: { staff }, identifier: { staff } },
      },
    })
  })
  afterAll(() => fixture?.stop())

  let used = 0
  /** Another person each time, so that no limit of a person or of an address is reached. */
  const nextMember = () => {
    const member = fixture.crowd[used]
    used += 1
    if (!member) throw new Error('the crowd is used up')
    return member
  }
  const codes = async () =>
    (
      await fixture.application.store.read
        .selectFrom('sent_codes')
        .select('request')
        .where('expires_at', '>', clock.now())
        .execute()
    ).length
  type Asked = { readonly isSent: boolean; readonly page: string }

  const at = (network: string) => newVisitor(fixture.url, { 'x-forwarded-for': network })

  /** To confirm an address of their own, by a signed-in person. */
  const fromTheAccount = async (network: string): Promise<Asked> => {
    const { login, initialPassword } = nextMember()
    const visitor = at(network)
    await visitor.signIn(login, initialPassword)
    const mail = `${login}@maison.example`
    const { location, refusal } = await visitor.submit('/fr/compte/adresses', { faire: 'mail', mail })
    return { isSent: refusal === null && /\/(mail|code)$/.test(location ?? ''), page: refusal ?? '' }
  }

  const ask = async (visitor: Visitor, { number, date }: Pick<CrowdMember, 'number' | 'date'>) => {
    expect((await visitor.identify('numero-personnel', number, date)).location).toBe(proofChoice)
    const { status, html } = await visitor.send(proofChoice, { laquelle: 'mail-code' })
    return { isSent: status === 303, page: html }
  }
  /** To recover the password, of somebody or of nobody in turn. */
  let invented = 0
  const inJourneys = async (network: string): Promise<Asked> => {
    invented += 1
    const { date } = fixture.crowd[0] as CrowdMember
    const who = invented % 2 ? { number: String(700_000 + invented), date } : nextMember()
    return ask(at(network), who)
  }

  it.each([
    ['in the account', fromTheAccount],
    ['in a recovery', inJourneys],
  ] as const)(
    'are as many a day as configured, for a campus by its factor, asked for %s',
    async (_, request) => {
      clock.forward(days(2))
      for (const [network, limit] of [
        ['203.0.113.7', most],
        [inCampus, most * factor],
      ] as const) {
        for (let count = 0; count < limit; count += 1)
          expect(await request(network)).toMatchObject({ isSent: true })
        const before = await codes()
        for (let refused = 0; refused < 3; refused += 1) {
          const { isSent, page } = await request(network)
          expect([isSent, textOf(page)]).toEqual([false, expect.stringContaining(sentence)])
        }
        expect(await codes()).toBe(before)
        expect(await request('203.0.114.7')).toMatchObject({ isSent: true })
      }
      clock.forward(days(1) + hours(3))
      expect(await request('203.0.113.7')).toMatchObject({ isSent: true })
    },
  )

  it('are one share for both uses together', async () => {
    clock.forward(days(2))
    const network = '203.0.113.7'
    for (let count = 0; count < most; count += 1)
      expect(await (count % 2 ? fromTheAccount : inJourneys)(network)).toMatchObject({ isSent: true })
    for (const request of [fromTheAccount, inJourneys]) {
      const { isSent, page } = await request(network)
      expect([isSent, textOf(page)]).toEqual([false, expect.stringContaining(sentence)])
    }
  })

  it('do not keep the people of that network from a code that they ask for in another', async () => {
    const member = nextMember()
    const address = 'secours@maison.example'
    await confirmContact(fixture, member, address)
    // No code of a recovery goes to an address that was confirmed just before.
    clock.forward(days(2))
    for (let count = 0; count < most; count += 1) await inJourneys('203.0.113.7')
    expect(await ask(at('203.0.113.9'), member)).toMatchObject({ isSent: false })
    const visitor = at('203.0.114.9')
    expect(await ask(visitor, member)).toMatchObject({ isSent: true })
    const code = await codeSentTo(fixture, address)
    expect((await visitor.send(proofChoice, { code })).location).toBe('/fr/mot-de-passe/nouveau')
  })
})
