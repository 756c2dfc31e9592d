import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hours } from '../../src/clock.ts'
import { movableClock } from '../world/clock.ts'
import { confirmContact } from '../world/contacts.ts'
import { createCrowdVisitors } from '../world/crowd-visitors.ts'
import { unlimited, unlimitedJourneys } from '../world/limits.ts'
import { sendWaitingMails } from '../world/mailbox.ts'
import { available, type PortalFixture, type PortalKind, startPortal } from '../world/portal.ts'
import { newVisitor, textOf } from '../world/visitor.ts'

const kinds: readonly PortalKind[] = [
  { directory: 'embedded', store: 'SQLite' },
  { directory: 'embedded', store: 'PostgreSQL' },
]
const choice = '/fr/mot-de-passe/preuve'

describe.each(kinds.filter(available))('an address that was just confirmed, on $store', kind => {
  let fixture: PortalFixture
  const clock = movableClock()
  beforeAll(async () => {
    fixture = await startPortal({
      ...kind,
      clock,
      crowd: 10,
      people: 20,
      config: {
        limits: { ...unlimited, ...unlimitedJourneys },
        recovery: { password: { staff: ['mail-code'] } },
      },
    })
  })
  afterAll(() => fixture?.stop())
  const crowd = createCrowdVisitors(() => fixture)
  type Member = ReturnType<typeof crowd.nextMember>

  const confirm = (member: Member, to: string) => confirmContact(fixture, member, to)
  /** The addresses that get a code when this person asks for one. */
  const askedBy = async ({ number, date }: Member) => {
    const { store } = fixture.application
    await store.transaction(tx => tx.deleteFrom('demo_mails').execute())
    const visitor = newVisitor(fixture.url)
    await visitor.identify('numero-personnel', number, date)
    const demarche = visitor.refIn((await visitor.get(choice)).html)
    expect((await visitor.post(choice, { laquelle: 'mail-code', demarche })).location).toBe(choice)
    await sendWaitingMails(fixture)
    const mails = await store.read
      .selectFrom('demo_mails')
      .select('recipient')
      .where('subject', 'like', 'Votre code%')
      .execute()
    return mails.map(({ recipient }) => recipient).sort()
  }
  const listOf = async (member: Member) => {
    const owner = await crowd.signedIn(member)
    return textOf((await owner.get('/fr/compte/adresses')).html)
  }

  it('gets a code at once where its person has nothing older', async () => {
    const member = crowd.nextMember()
    await confirm(member, 'premiere@maison.example')
    expect(await listOf(member)).not.toContain('Permet de récupérer le compte')
    expect(await askedBy(member)).toEqual(['premiere@maison.example'])
  })

  it('gets none for a day where its person has an older one, and the page of the account says so', async () => {
    const member = crowd.nextMember()
    await confirm(member, 'ancienne@maison.example')
    clock.forward(hours(25))
    await confirm(member, 'nouvelle@pirate.example')
    expect(await askedBy(member)).toEqual(['ancienne@maison.example'])
    expect((await listOf(member)).match(/Permet de récupérer le compte/g)).toHaveLength(1)
    clock.forward(hours(23))
    expect(await askedBy(member)).toEqual(['ancienne@maison.example'])
    clock.forward(hours(2))
    expect(await askedBy(member)).toEqual(['ancienne@maison.example', 'nouvelle@pirate.example'])
    expect(await listOf(member)).not.toContain('Permet de récupérer le compte')
  })

  it('gets none for a day where its person has an older joker', async () => {
    const member = crowd.nextMember()
    clock.forward(hours(25))
    await confirm(member, 'seule@maison.example')
    expect(await askedBy(member)).toEqual([])
    clock.forward(hours(25))
    expect(await askedBy(member)).toEqual(['seule@maison.example'])
  })
})
