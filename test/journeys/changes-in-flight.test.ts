import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { minutes } from '../../src/clock.ts'
import type { PersonId } from '../../src/directory/directory.ts'
import type { Tx } from '../../src/store/store.ts'
import { movableClock } from '../world/clock.ts'
import { createCrowdVisitors } from '../world/crowd-visitors.ts'
import { enrolApp, printSheet, recoveryCodesIn } from '../world/factors.ts'
import { unlimited } from '../world/limits.ts'
import { codeSentTo } from '../world/mailbox.ts'
import { available, type PortalFixture, startPortal } from '../world/portal.ts'
import type { Visitor } from '../world/visitor.ts'

/** Someone with a stolen session has a form under way when the session ends: nothing of it may come after that. */

type Form = { readonly path: string; readonly fields: Readonly<Record<string, string>> }

const kinds = [
  { directory: 'embedded', store: 'SQLite' },
  { directory: 'embedded', store: 'PostgreSQL' },
] as const

describe.each(kinds.filter(available))('a change of the account that is under way, on $store', kind => {
  let fixture: PortalFixture
  const clock = movableClock()
  beforeAll(async () => {
    fixture = await startPortal({ ...kind, clock, crowd: 60, config: { limits: unlimited } })
  })
  afterAll(() => fixture?.stop())
  const crowd = createCrowdVisitors(() => fixture)

  const addresses = '/fr/compte/adresses'
  const app = '/fr/compte/application'
  const sheet = '/fr/compte/codes-de-secours'
  const askCode = async (visitor: Visitor) => {
    const mail = `lou-${crowd.used()}@ailleurs.example`
    await visitor.post(addresses, { faire: 'mail', mail })
    return codeSentTo(fixture, mail)
  }
  const whichIn = async (visitor: Visitor) =>
    /name="laquelle" value="([^"]+)"/.exec((await visitor.get(addresses)).html)?.[1] ?? ''

  /** Prepares a form that would change something, and gives it. */
  const changes: Readonly<Record<string, (visitor: Visitor) => Promise<Form>>> = {
    'another joker': async () => ({
      path: '/fr/compte/question-joker',
      fields: { question: 'pet', reponse: 'Perroquet', propre: '' },
    }),
    'an address confirmed': async visitor => ({
      path: `${addresses}/mail`,
      fields: { code: await askCode(visitor) },
    }),
    'an address removed': async visitor => {
      await visitor.post(`${addresses}/mail`, { code: await askCode(visitor) })
      return { path: addresses, fields: { faire: 'retirer', laquelle: await whichIn(visitor) } }
    },
    'an app removed': async visitor => {
      await enrolApp(visitor, clock.now)
      return { path: app, fields: { action: 'retirer' } }
    },
    'a sheet put in service': async visitor => {
      const { html } = await visitor.post(sheet, { action: 'commencer' })
      return { path: sheet, fields: { action: 'confirmer', code: recoveryCodesIn(html)[0] ?? '' } }
    },
    'a sheet removed': async visitor => {
      await printSheet(visitor)
      return { path: sheet, fields: { action: 'retirer' } }
    },
    'the other sessions ended': async () => ({
      path: '/fr/compte/sessions',
      fields: { session: 'autres' },
    }),
  }

  /** Without those of mails, which go out at any moment. */
  const eventsOf = async (chain: string) => {
    const rows = fixture.application.store.read.selectFrom('audit_events').select(['kind', 'sequence'])
    const all = await rows.where('chain', '=', chain).orderBy('sequence').execute()
    return all.map(row => row.kind).filter(event => !event.startsWith('mail.'))
  }
  const prepare = async (change: string) => {
    const member = crowd.nextMember()
    const thief = await crowd.signedIn(member)
    if (change === 'the other sessions ended') await crowd.signedIn(member)
    const form = await changes[change]?.(thief)
    if (!form) throw new Error(`no change ${change}`)
    return { member, thief, form }
  }

  it.each(Object.keys(changes))('%s: is carried out while the session is open', async change => {
    const { member, thief, form } = await prepare(change)
    const before = await eventsOf(member.id)
    expect((await thief.post(form.path, form.fields)).status).toBe(303)
    expect((await eventsOf(member.id)).length).toBeGreaterThan(before.length)
  })

  it.each(Object.keys(changes))('%s: is not carried out once a freeze ended the session', async change => {
    const { member, thief, form } = await prepare(change)
    const { store, passwordWrite, accounts } = fixture.application
    let holds = () => {}
    const held = new Promise<void>(resolve => {
      holds = resolve
    })
    const freezing = store.transaction(async tx => {
      await passwordWrite.revocations.revokeAll(tx, member.id)
      holds()
      await new Promise(resolve => setTimeout(resolve, 400))
      await accounts.freezes.put(tx, {
        ...{ person: member.id, kind: 'frozen', until: null, by: 'test', reason: 'test' },
      } as const)
      await accounts.sessions.endAll(tx, member.id, { by: { kind: 'system' }, why: 'freeze' })
    })
    await held
    const posted = thief.post(form.path, form.fields)
    await freezing
    const after = await eventsOf(member.id)
    expect((await posted).location).toMatch(/^\/fr\/connexion\/session-terminee\//)
    expect(await eventsOf(member.id)).toEqual(after)
  })

  /** Puts the app in service that the owner has begun to enrol in a session of their own. */
  const putInService = (tx: Tx, person: PersonId) =>
    tx.updateTable('authenticators').set({ confirmed_at: clock.now() }).where('person', '=', person).execute()

  /** After these the session must show a factor: `before` is committed, `meanwhile` while the form is under way. */
  const requirements: Readonly<
    Record<string, Readonly<Record<'before' | 'meanwhile', (tx: Tx, person: PersonId) => Promise<unknown>>>>
  > = {
    'a first factor': { before: async () => {}, meanwhile: putInService },
    'the removal of the printed codes that its session has shown': {
      before: async (tx, person) => {
        await putInService(tx, person)
        await tx
          .updateTable('sessions')
          .set({ factor: 'recovery-code', factor_at: clock.now() })
          .where('person', '=', person)
          .execute()
      },
      meanwhile: (tx, person) =>
        fixture.application.accounts.sessions.forgetFactor(tx, person, 'recovery-code'),
    },
  }
  const carriedOutWhile = async (change: string, requirement: string) => {
    const { member, thief, form } = await prepare(change)
    await (await crowd.signedIn(member)).post(app, { action: 'commencer' })
    const { store, passwordWrite } = fixture.application
    const { before, meanwhile } = requirements[requirement] ?? {}
    if (!(before && meanwhile)) throw new Error(`no requirement ${requirement}`)
    await store.transaction(tx => before(tx, member.id))
    const events = await eventsOf(member.id)
    let holds = () => {}
    const held = new Promise<void>(resolve => {
      holds = resolve
    })
    const changing = store.transaction(async tx => {
      await passwordWrite.revocations.lockPersonRow(tx, member.id)
      holds()
      await new Promise(resolve => setTimeout(resolve, 400))
      await meanwhile(tx, member.id)
    })
    await held
    const posted = thief.post(form.path, form.fields)
    await changing
    const { location } = await posted
    const since = (await eventsOf(member.id)).slice(events.length)
    return { location, events: since.filter(event => !event.startsWith('mail.')) }
  }
  const needSession = ['the other sessions ended']
  const needFactor = Object.keys(changes).filter(
    change => !needSession.includes(change) && change !== 'an app removed',
  )

  describe.each(Object.keys(requirements))('once there is %s', requirement => {
    it.each(needFactor)('%s: is not carried out', async change => {
      const { location, events } = await carriedOutWhile(change, requirement)
      expect(events).toEqual([])
      expect(location).toMatch(/^\/fr\/connexion\/confirmer\//)
    })

    it.each(needSession)('%s: is carried out, since it needs the session alone', async change => {
      const { location, events } = await carriedOutWhile(change, requirement)
      expect(events).not.toEqual([])
      expect(location).toBe('/fr/compte/sessions')
    })
  })

  it('a joker that is chosen again and again keeps nobody from changing the password', async () => {
    const member = crowd.nextMember()
    const [owner, thief] = [await crowd.signedIn(member), await crowd.signedIn(member)]
    let going = true
    const choosing = (async () => {
      for (let nth = 0; going; nth += 1)
        await thief.post('/fr/compte/question-joker', {
          question: 'pet',
          reponse: `Lézard ${nth}`,
          propre: '',
        })
    })()
    const written = await owner.submit('/fr/compte/mot-de-passe', {
      ancien: member.initialPassword,
      nouveau: 'Tr0mbone&Cascade-3',
      confirmation: 'Tr0mbone&Cascade-3',
      charte: 'oui',
    })
    going = false
    await choosing
    expect(written.refusal).toBe(null)
    expect((await fixture.application.directory.bind(member.id, 'Tr0mbone&Cascade-3')).ok).toBe(true)
    clock.forward(minutes(1))
  })
})
