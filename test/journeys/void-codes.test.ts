import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hours, minutes } from '../../src/clock.ts'
import { movableClock } from '../world/clock.ts'
import { confirmContact } from '../world/contacts.ts'
import { createCrowdVisitors } from '../world/crowd-visitors.ts'
import { enrolApp } from '../world/factors.ts'
import { unlimited, unlimitedJourneys } from '../world/limits.ts'
import { available, type PortalFixture, type PortalKind, startPortal } from '../world/portal.ts'
import { newVisitor } from '../world/visitor.ts'

/** A stranger reads the mails of one recovery address. Whatever its owner does about it voids the codes that went there. */

const kinds: readonly PortalKind[] = [
  { directory: 'embedded', store: 'SQLite' },
  { directory: 'embedded', store: 'PostgreSQL' },
]
const choice = '/fr/mot-de-passe/preuve'
const factorPath = '/fr/mot-de-passe/second-element'
const newPassword = '/fr/mot-de-passe/nouveau'
const addresses = '/fr/compte/adresses'
const why = { by: 'thomas', reason: 'test' }

describe.each(kinds.filter(available))('a sent code that something voids, on $store', kind => {
  let fixture: PortalFixture
  const clock = movableClock()
  beforeAll(async () => {
    fixture = await startPortal({
      ...kind,
      clock,
      crowd: 40,
      people: 50,
      config: {
        limits: { ...unlimited, ...unlimitedJourneys },
        recovery: { password: { staff: ['mail-code'] } },
      },
    })
  })
  afterAll(() => fixture?.stop())
  const crowd = createCrowdVisitors(() => fixture)

  /** The owner is signed in; a stranger reads the second of their two recovery addresses. */
  const newOwner = async () => {
    const member = crowd.nextMember()
    const stranger = `lu-${crowd.used()}@ailleurs.example`
    for (const to of [`secours-${crowd.used()}@maison.example`, stranger])
      await confirmContact(fixture, member, to)
    // By then an address proves, whichever other means of its owner is removed.
    clock.forward(hours(25))
    return { ...member, address: stranger, owner: await crowd.signedIn(member) }
  }
  type Owner = Awaited<ReturnType<typeof newOwner>>
  type Visitor = Owner['owner']

  const send = async (visitor: Visitor, fields: Readonly<Record<string, string>>, path = choice) =>
    visitor.send(path, fields)

  /** The last mail with a code to this address. */
  const mailTo = async (recipient: string) => {
    for (;;) {
      await fixture.portal.outbox.run()
      const mails = await fixture.application.store.read
        .selectFrom('demo_mails')
        .selectAll()
        .where('recipient', '=', recipient)
        .where('subject', 'like', 'Votre code%')
        .orderBy('received_at', 'desc')
        .execute()
      const [mail] = mails
      if (mail) return { body: mail.body, code: /\b\d{4}\s?\d{4}\b/.exec(mail.subject)?.[0] ?? '' }
      await clock.sleep(50)
    }
  }
  const askedBy = async ({ number, date, address }: Owner) => {
    const visitor = newVisitor(fixture.url)
    await visitor.identify('numero-personnel', number, date)
    expect((await send(visitor, { laquelle: 'mail-code' })).location).toBe(choice)
    return { visitor, ...(await mailTo(address)) }
  }

  const unfreeze = async (who: Owner, decided: 'keep' | 'clear') => {
    for (;;) {
      const lifted = await fixture.application.helpdesk.unfreeze(who.id, { ...why, decided })
      if (lifted.ok) return
      expect(lifted.reason).toBe('old-password-valid')
      await clock.sleep(50)
    }
  }

  type App = Awaited<ReturnType<typeof enrolApp>>['app'] | null
  type Voiding = (who: Owner, body: string) => Promise<unknown>
  const voidings: Readonly<Record<string, Voiding>> = {
    'the address is removed': async who => {
      const contacts = await fixture.application.accounts.contacts.list(who.id)
      const laquelle = contacts.find(({ to }) => to === who.address)?.id ?? ''
      const { status } = await who.owner.post(addresses, { faire: 'retirer', laquelle })
      expect([status, (await fixture.application.accounts.contacts.list(who.id)).length]).toEqual([303, 1])
    },
    'another address is removed': async who => {
      const contacts = await fixture.application.accounts.contacts.list(who.id)
      const laquelle = contacts.find(({ to }) => to !== who.address)?.id ?? ''
      expect((await who.owner.post(addresses, { faire: 'retirer', laquelle })).status).toBe(303)
    },
    'the account is frozen, and unfrozen without what is recent': async who => {
      await fixture.application.helpdesk.freeze(who.id, why)
      await unfreeze(who, 'clear')
      expect(await fixture.application.accounts.contacts.list(who.id)).toEqual([])
    },
    'the account is frozen, and unfrozen with what is recent': async who => {
      await fixture.application.helpdesk.freeze(who.id, why)
      await unfreeze(who, 'keep')
    },
    'the password is changed': async who => {
      const nouveau = 'Tr0mbone&Cascade-9'
      const changed = await who.owner.submit('/fr/compte/mot-de-passe', {
        ...{ ancien: who.initialPassword, nouveau, confirmation: nouveau, charte: 'oui' },
      })
      expect([changed.status, changed.refusal]).toEqual([303, null])
    },
    'the joker is replaced': async who => {
      const joker = { question: 'town', reponse: 'Bourg-la-Reine-du-Nord' }
      expect((await who.owner.post('/fr/compte/question-joker', joker)).location).toBe('/fr/compte')
    },
    'a factor is removed': async who => {
      const removed = await who.owner.post('/fr/compte/application', { action: 'retirer' })
      expect(removed.status).toBe(303)
    },
    '« Ce n’est pas moi » closed recovery, and the helpdesk opened it': async (who, body) => {
      const path = /\/fr\/ce-n-est-pas-moi\/[\w-]+/.exec(body)?.[0] ?? ''
      const visitor = newVisitor(fixture.url)
      expect((await visitor.get(path)).status).toBe(200)
      expect((await visitor.post(path, { jeton: path.split('/').at(-1) ?? '' })).status).toBeLessThan(400)
      expect((await fixture.application.accounts.freezes.find(who.id))?.kind).toBe('recovery-closed')
      await unfreeze(who, 'keep')
    },
  }
  const begin = async (name: string) => {
    const who = await newOwner()
    let app: App = null
    if (name === 'a factor is removed') {
      app = (await enrolApp(who.owner, clock.now)).app
      clock.forward(minutes(1))
    }
    return { who, app, ...(await askedBy(who)) }
  }
  const show = async (visitor: Visitor, app: App) =>
    app && (await send(visitor, { code: app(clock.now()) }, factorPath))

  it('works where nothing happened meanwhile', async () => {
    const { visitor, code } = await begin('nothing')
    expect((await send(visitor, { code })).location).toBe(newPassword)
    expect((await visitor.choose('Tr0mbone&Cascade-3')).location).toMatch(/termine$/)
  })

  it.each(Object.keys(voidings))('was asked for: %s', async name => {
    const { who, visitor, code, body } = await begin(name)
    await voidings[name]?.(who, body)
    const typed = await send(visitor, { code })
    expect([typed.status, typed.location]).toEqual([422, null])
  })

  it.each(Object.keys(voidings))('was typed: %s', async name => {
    const { who, app, visitor, code, body } = await begin(name)
    await send(visitor, { code })
    await show(visitor, app)
    expect((await visitor.get(newPassword)).status).toBe(200)
    await voidings[name]?.(who, body)
    const written = await visitor.choose('Tr0mbone&Cascade-3')
    expect(written.location ?? '').not.toMatch(/(termine|verification)$/)
    expect((await fixture.application.directory.bind(who.id, 'Tr0mbone&Cascade-3')).ok).toBe(false)
  })

  it('is replaced by one that is asked for after, which works', async () => {
    const { who, visitor } = await begin('nothing')
    await voidings['another address is removed']?.(who, '')
    clock.forward(minutes(1))
    await send(visitor, { laquelle: 'mail-code' })
    await fixture.application.store.transaction(tx => tx.deleteFrom('demo_mails').execute())
    const { code } = await mailTo(who.address)
    expect((await send(visitor, { code })).location).toBe(newPassword)
  })
})
