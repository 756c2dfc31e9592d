import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventsOf } from '../../src/audit/subject-events.ts'
import { hours, minutes } from '../../src/clock.ts'
import { movableClock } from '../world/clock.ts'
import type { CrowdMember } from '../world/crowd.ts'
import { createCrowdVisitors } from '../world/crowd-visitors.ts'
import { enrolApp, printSheet, settleFactors } from '../world/factors.ts'
import { readJourneyRow } from '../world/journey-rows.ts'
import { unlimited, unlimitedJourneys } from '../world/limits.ts'
import { sendWaitingMails } from '../world/mailbox.ts'
import { available, type PortalFixture, startPortal } from '../world/portal.ts'
import { newVisitor, textOf, type Visitor } from '../world/visitor.ts'

const kinds = [
  { directory: 'embedded', store: 'SQLite' },
  { directory: 'slapd', store: 'PostgreSQL' },
] as const
const choice = '/fr/mot-de-passe/preuve'
const newPassword = '/fr/mot-de-passe/nouveau'
const why = { by: 'thomas', reason: 'identity card seen' }

const personIn = async ({ application }: PortalFixture, login: string) => {
  const found = await application.directory.findLogin(login)
  if (!found.ok || !found.person) throw new Error(login)
  return found.person
}

describe('a code of the helpdesk, where the policy asks for it', () => {
  let fixture: PortalFixture
  const only = { student: [['mail-code']], staff: [['helpdesk-code']], external: [['mail-code']] } as const
  beforeAll(async () => {
    const recovery = { preset: 'classique', password: only, identifier: only } as const
    fixture = await startPortal({
      ...{ directory: 'embedded', store: 'SQLite', crowd: 1 },
      config: { limits: unlimited, recovery },
    })
  })
  afterAll(() => fixture?.stop())

  it.each([
    { populations: ['staff'], isIssued: true },
    { populations: ['staff', 'student'], isIssued: true },
    { populations: ['student', 'staff'], isIssued: true },
    { populations: [], isIssued: true },
    { populations: ['student'], isIssued: false },
    { populations: ['student', 'external'], isIssued: false },
  ] as const)('of somebody of $populations: is handed over: $isIssued', async ({ populations, isIssued }) => {
    const person = await personIn(fixture, fixture.crowd[0]?.login ?? '')
    const issued = await fixture.application.helpdesk.issueRecoveryCode({ ...person, populations }, why)
    expect(issued.ok ? null : issued.reason).toBe(isIssued ? null : 'not-asked')
  })
})

describe.each(kinds.filter(available))('a code of the helpdesk, on $directory and $store', kind => {
  let fixture: PortalFixture
  const clock = movableClock()
  beforeAll(async () => {
    fixture = await startPortal({
      ...kind,
      clock,
      crowd: 36,
      people: 20,
      config: {
        limits: { ...unlimited, ...unlimitedJourneys, recoveryClosed: minutes(30) },
        recovery: { preset: 'renforce' },
      },
    })
  })
  afterAll(() => fixture?.stop())
  const crowd = createCrowdVisitors(() => fixture)

  const personOf = (login: string) => personIn(fixture, login)
  const codeFor = async ({ login }: { readonly login: string }) => {
    const issued = await fixture.application.helpdesk.issueRecoveryCode(await personOf(login), why)
    if (!issued.ok) throw new Error(issued.reason)
    return issued.code
  }
  const begin = async (
    { number, date }: { readonly number: string; readonly date: string },
    laquelle = 'helpdesk-code',
  ) => {
    const visitor = newVisitor(fixture.url)
    await visitor.identify('numero-personnel', number, date)
    await send(visitor, { laquelle })
    return visitor
  }
  const send = async (visitor: Visitor, fields: Readonly<Record<string, string>>) =>
    visitor.send(choice, fields)
  const type = (visitor: Visitor, code: string) => send(visitor, { code })
  const rowOf = (visitor: Visitor) => readJourneyRow(fixture, visitor)
  const said = (html: string) => textOf(html.slice(html.indexOf('<main'))).replace(/\d\d:\d\d/g, '')

  it('opens a recovery of its person, once, however it is written', async () => {
    const member = crowd.nextMember()
    const code = await codeFor(member)
    expect(code).toMatch(/^\w{4}-\w{4}-\w{4}$/)
    const visitor = await begin(member)
    const other = await begin(member)
    expect((await type(visitor, ` ${code.toLowerCase().replaceAll('-', ' ')}`)).location).toBe(newPassword)
    expect((await type(other, code)).status).toBe(422)
    expect((await visitor.choose('Tr0mbone&Cascade-3')).location).toMatch(/termine$/)
  })

  it('opens no recovery of somebody else, and is not used up there', async () => {
    const [member, other] = [crowd.nextMember(), crowd.nextMember()]
    const code = await codeFor(member)
    expect((await type(await begin(other), code)).status).toBe(422)
    expect((await type(await begin({ ...member, date: '3/4/1981' }), code)).status).toBe(422)
    expect((await type(await begin(member), code)).location).toBe(newPassword)
  })

  it('is refused alike of whoever has one, has none, or is unknown', async () => {
    const [member, none] = [crowd.nextMember(), crowd.nextMember()]
    await codeFor(member)
    const seen = []
    for (const who of [member, none, { number: '999999', date: member.date }]) {
      const visitor = await begin(who)
      const refused = await type(visitor, 'AAAA-BBBB-CCCC')
      seen.push({ status: refused.status, text: said(refused.html), row: await rowOf(visitor) })
    }
    expect(seen[1]).toEqual(seen[0])
    expect(seen[2]).toEqual(seen[0])
    expect(seen[0]).toMatchObject({
      status: 422,
      row: { proved: '{}', person: null, state: { wrongCodes: 1 } },
    })
  })

  it('works for an hour, and no longer once another is handed over', async () => {
    const member = crowd.nextMember()
    const first = await codeFor(member)
    const second = await codeFor(member)
    expect((await type(await begin(member), first)).status).toBe(422)
    clock.forward(hours(1))
    expect((await type(await begin(member), second)).status).toBe(422)
  })

  const unfreeze = async ({ id }: CrowdMember, decided: 'keep' | 'clear') => {
    const { helpdesk } = fixture.application
    expect(await helpdesk.unfreeze(id, { ...why, decided })).toMatchObject({ ok: true })
  }
  const freezeAndUnfreeze = async (member: CrowdMember, decided: 'keep' | 'clear') => {
    const { helpdesk } = fixture.application
    await helpdesk.freeze(member.id, why)
    expect(await helpdesk.isWrittenSoon(member.id)).toBe(true)
    await unfreeze(member, decided)
  }
  /** Presses the button of the mail that announced the code. */
  const sayNotMe = async ({ login }: CrowdMember) => {
    await sendWaitingMails(fixture)
    const mails = await fixture.application.store.read
      .selectFrom('demo_mails')
      .select('body')
      .where('recipient', '=', `${login}@univ.example`)
      .execute()
    const token = mails.flatMap(({ body }) => /ce-n-est-pas-moi\/([\w-]+)/.exec(body)?.[1] ?? []).at(-1) ?? ''
    const { status } = await newVisitor(fixture.url).post(`/fr/ce-n-est-pas-moi/${token}`, { jeton: token })
    expect(status).toBe(200)
  }

  /** After each of them nothing may open with what was handed over before. */
  const voids: Readonly<Record<string, (member: CrowdMember) => Promise<unknown>>> = {
    'a recovery by another proof': async member => {
      const [printed = ''] = await printSheet(await crowd.signedIn(member))
      await settleFactors(fixture, member.id)
      const visitor = await begin(member, 'recovery-code')
      expect((await type(visitor, printed)).location).toBe(newPassword)
      expect((await visitor.choose('Tr0mbone&Cascade-3')).location).toMatch(/termine$/)
    },
    'a change of the password': async member => {
      const typed = { nouveau: 'Tr0mbone&Cascade-3', confirmation: 'Tr0mbone&Cascade-3', charte: 'oui' }
      const visitor = await crowd.signedIn(member)
      const change = { ancien: member.initialPassword, ...typed }
      expect((await visitor.submit('/fr/compte/mot-de-passe', change)).refusal).toBe(null)
      expect((await fixture.application.directory.bind(member.id, typed.nouveau)).ok).toBe(true)
    },
    'a freeze that ends, where the recent means are kept': member => freezeAndUnfreeze(member, 'keep'),
    'a freeze that ends, where the recent means are cleared': member => freezeAndUnfreeze(member, 'clear'),
    '« Ce n’est pas moi », and the helpdesk opens recovery again': async member => {
      await sayNotMe(member)
      await unfreeze(member, 'clear')
    },
    '« Ce n’est pas moi », and the time is over for which recovery was closed': async member => {
      await sayNotMe(member)
      clock.forward(minutes(30))
    },
    'another code': member => codeFor(member),
  }

  it.each(Object.keys(voids))('is void after %s, and the next one works', async change => {
    const member = crowd.nextMember()
    const code = await codeFor(member)
    await voids[change]?.(member)
    expect((await type(await begin(member), code)).status).toBe(422)
    const next = await codeFor(member)
    expect((await type(await begin(member), next)).location).toBe(newPassword)
  })

  /** What somebody with a stolen session could do again and again, and what the helpdesk does for whoever lost everything. */
  const keeps: Readonly<Record<string, (member: CrowdMember) => Promise<unknown>>> = {
    'another joker': async member => {
      const visitor = await crowd.signedIn(member)
      const chosen = { question: 'pet', reponse: 'Perroquet', propre: '' }
      expect((await visitor.post('/fr/compte/question-joker', chosen)).status).toBe(303)
    },
    'the removal of every factor by the helpdesk': async member => {
      await enrolApp(await crowd.signedIn(member), clock.now)
      expect(await fixture.application.helpdesk.clearFactors(member.id, why)).not.toEqual([])
    },
  }

  it.each(Object.keys(keeps))('works after %s', async change => {
    const member = crowd.nextMember()
    const code = await codeFor(member)
    await keeps[change]?.(member)
    expect((await type(await begin(member), code)).location).toBe(newPassword)
  })

  it('is told to the person at every address, with a button that closes recovery, and recorded with who handed it over', async () => {
    const member = crowd.nextMember()
    const code = await codeFor(member)
    const { read } = fixture.application.store
    const mails = () =>
      read
        .selectFrom('demo_mails')
        .selectAll()
        .where('recipient', '=', `${member.login}@univ.example`)
        .execute()
    await expect
      .poll(async () => {
        await fixture.portal.outbox.run()
        return (await mails()).map(({ subject }) => subject)
      })
      .toContain('L’assistance a remis un code pour récupérer votre compte')
    const [mail] = await mails()
    expect(mail?.body).toContain('/ce-n-est-pas-moi/')
    expect(mail?.body).not.toContain(code)
    const events = await eventsOf(fixture.application.store, member.id, { own: 20, beforeProof: 20 })
    expect(events.filter(({ kind: of }) => of === 'helpdesk-code.made').map(({ actor }) => actor)).toEqual([
      'operator:thomas',
    ])
    const rows = JSON.stringify(await read.selectFrom('helpdesk_codes').selectAll().execute())
    for (const secret of [code, code.replaceAll('-', '')]) expect(rows).not.toContain(secret)
  })

  it('is given for no frozen account, and serves none that is frozen after', async () => {
    const member = crowd.nextMember()
    const code = await codeFor(member)
    const visitor = await begin(member)
    await fixture.application.helpdesk.freeze(member.id, why)
    expect((await type(visitor, code)).status).toBe(422)
    const { helpdesk } = fixture.application
    const person = await personOf(member.login)
    expect(await helpdesk.issueRecoveryCode(person, why)).toEqual({ ok: false, reason: 'frozen' })
    for (const [more, reason] of [
      [{ privileged: true }, 'privileged'],
      [{ closed: 'by-dates' }, 'closed'],
    ] as const)
      expect(await helpdesk.issueRecoveryCode({ ...person, ...more } as typeof person, why)).toEqual({
        ok: false,
        reason,
      })
  })
})
