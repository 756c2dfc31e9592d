import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { digestOf } from '../../src/crypto/crypto.ts'
import { createCrowdVisitors } from '../world/crowd-visitors.ts'
import { findDeadlocks } from '../world/deadlocks.ts'
import { printSheet, settleFactors } from '../world/factors.ts'
import { unlimited } from '../world/limits.ts'
import { available, type PortalFixture, startPortal } from '../world/portal.ts'
import { newVisitor, textOf, type Visitor } from '../world/visitor.ts'

const kinds = [
  { directory: 'embedded', store: 'SQLite' },
  { directory: 'slapd', store: 'PostgreSQL' },
] as const

const choice = '/fr/mot-de-passe/preuve'
const question = '/fr/mot-de-passe/question-joker'
const newPassword = '/fr/mot-de-passe/nouveau'
const wrongCode = 'ABCD-EFGH-JKMN-PQRS'
type Member = PortalFixture['crowd'][number]

/** Each policy in force on one portal: what staff must show for a password. */
const policies = {
  'any of two': ['joker', 'recovery-code'],
  'both of two': [['joker', 'recovery-code']],
  'a held one': ['held'],
} as const

describe.each(kinds.filter(available))('proofs by policy, on $directory and $store', kind => {
  describe.each(Object.keys(policies) as (keyof typeof policies)[])('%s', name => {
    let fixture: PortalFixture
    beforeAll(async () => {
      const recovery = { password: { staff: policies[name] } }
      fixture = await startPortal({ ...kind, crowd: 8, people: 16, config: { limits: unlimited, recovery } })
    })
    afterAll(() => fixture?.stop())
    const crowd = createCrowdVisitors(() => fixture)

    const identified = async ({ number, date }: Pick<Member, 'number' | 'date'>) => {
      const visitor = newVisitor(fixture.url)
      const { location } = await visitor.identify('numero-personnel', number, date)
      return { visitor, location }
    }
    const sheetOf = async ({ id, login, initialPassword }: Member) => {
      const owner = newVisitor(fixture.url)
      await owner.signIn(login, initialPassword)
      const sheet = await printSheet(owner)
      await settleFactors(fixture, id)
      return sheet
    }
    const send = async (visitor: Visitor, path: string, fields: Readonly<Record<string, string>>) =>
      visitor.send(path, fields, choice)
    const choose = (visitor: Visitor, laquelle: string) => send(visitor, choice, { laquelle })
    const type = (visitor: Visitor, code: string) => send(visitor, choice, { code })
    const answer = (visitor: Visitor, reponse: string) => send(visitor, question, { reponse })
    const rowOf = async (visitor: Visitor) =>
      fixture.application.store.read
        .selectFrom('journeys')
        .selectAll()
        .where('id', '=', digestOf(visitor.cookies.get('__Host-journey') ?? ''))
        .executeTakeFirstOrThrow()
    const has = async ({ id }: Member, password: string) =>
      (await fixture.application.directory.bind(id, password)).ok
    /** What the page says, without until when the journey is open. */
    const said = (html: string) => textOf(html.slice(html.indexOf('<main'))).replace(/\d\d:\d\d/g, '')

    it('shows the same page to whoever is known, unknown, or born another day', async () => {
      const { number, date } = crowd.nextMember()
      const pages = []
      for (const who of [
        { number, date },
        { number: '999999', date },
        { number, date: '3/4/1981' },
      ]) {
        const { visitor, location } = await identified(who)
        const { html } = await visitor.get(choice)
        pages.push({ location, text: said(html) })
      }
      expect(pages[1]).toEqual(pages[0])
      expect(pages[2]).toEqual(pages[0])
      expect(pages[0]?.location).toBe(choice)
    })

    it('refuses a code of whoever is unknown as that of whoever is known, with the same rows', async () => {
      const { number, date } = crowd.nextMember()
      const left = []
      for (const who of [
        { number, date },
        { number: '999999', date },
      ]) {
        const { visitor } = await identified(who)
        await choose(visitor, 'recovery-code')
        const refused = await type(visitor, wrongCode)
        const { facts, proved, version, person } = await rowOf(visitor)
        const { person: _, sealedLogin: __, ...state } = JSON.parse(facts)
        left.push({
          status: refused.status,
          text: said(refused.html),
          state,
          proved,
          version,
          person,
        })
      }
      expect(left[1]).toEqual(left[0])
      expect(left[0]).toMatchObject({ status: 422, proved: '{}', person: null, state: { wrongCodes: 1 } })
    })

    it('lets a printed code lead as far as the policy says, once', async () => {
      const member = crowd.nextMember()
      const [code = ''] = await sheetOf(member)
      const { visitor } = await identified(member)
      await choose(visitor, 'recovery-code')
      const typed = await type(visitor, code)
      if (name === 'both of two') {
        expect(typed.location).toBe(question)
        expect((await visitor.get(newPassword)).location).toBe(question)
        expect((await answer(visitor, 'rex')).location).toBe(newPassword)
      } else expect(typed.location).toBe(newPassword)
      expect((await visitor.choose('Tr0mbone&Cascade-3')).location).toMatch(/termine$/)
      expect(await has(member, 'Tr0mbone&Cascade-3')).toBe(true)
      const again = await identified(member)
      await choose(again.visitor, 'recovery-code')
      expect((await type(again.visitor, code)).status).toBe(422)
    })

    it('never takes a choice for a proof, nor gives back the codes that were refused', async () => {
      const member = crowd.nextMember()
      const { visitor } = await identified(member)
      const { pendingSignInTries: tries } = fixture.application.limits
      for (let turn = 0; turn < tries; turn += 1) {
        for (const way of ['joker', 'autre', 'passkey', 'recovery-code']) await choose(visitor, way)
        expect((await visitor.get(newPassword)).location).toBe(choice)
        expect((await type(visitor, wrongCode)).status).toBe(422)
      }
      await choose(visitor, 'recovery-code')
      expect(textOf((await type(visitor, wrongCode)).html)).toContain('essais ici')
      expect(await rowOf(visitor)).toMatchObject({ proved: '{}', state: 'prove', person: null })
    })

    it('asks for the joker only where the policy does', async () => {
      const member = crowd.nextMember()
      const { visitor } = await identified(member)
      const answered = await answer(visitor, 'rex')
      if (name === 'any of two') expect(answered.location).toBe(newPassword)
      else expect(answered.location).toBe(choice)
      const { proved } = await rowOf(visitor)
      expect(Object.keys(JSON.parse(proved))).toEqual(name === 'a held one' ? [] : ['joker'])
    })

    it('writes nothing by a journey whose row has proved less, whatever its state says', async () => {
      const member = crowd.nextMember()
      const [code = ''] = await sheetOf(member)
      const { visitor } = await identified(member)
      const other = await identified(member)
      await choose(other.visitor, 'recovery-code')
      await type(other.visitor, code)
      const { id } = await rowOf(visitor)
      const state = { person: member.id, answerDigest: '', factor: 'recovery-code', provedAt: Date.now() }
      await fixture.application.store.transaction(tx =>
        tx
          .updateTable('journeys')
          .set({ state: 'new-password', person: member.id, facts: JSON.stringify(state) })
          .where('id', '=', id)
          .execute(),
      )
      const refused = await visitor.choose('Tr0mbone&Cascade-3')
      expect(refused.location).toBe('/fr/mot-de-passe/fin')
      expect(textOf((await visitor.get('/fr/mot-de-passe/fin')).html)).toContain('Il manque une preuve')
      expect(await has(member, 'Tr0mbone&Cascade-3')).toBe(false)
      expect(await has(member, member.initialPassword)).toBe(true)
    })

    it('takes no code of a frozen person, and uses none up', async () => {
      const member = crowd.nextMember()
      const [code = ''] = await sheetOf(member)
      await fixture.application.helpdesk.freeze(member.id, { by: 'desk', reason: 'test' })
      const { visitor } = await identified(member)
      await choose(visitor, 'recovery-code')
      const refused = await type(visitor, code)
      expect([refused.status, textOf(refused.html).includes('ne correspond pas')]).toEqual([422, true])
      await fixture.application.helpdesk.unfreeze(member.id, { by: 'desk', reason: 'test', decided: 'keep' })
      const after = await identified(member)
      await choose(after.visitor, 'recovery-code')
      expect((await type(after.visitor, code)).status).toBe(303)
    })

    if (name === 'both of two')
      it('does not deadlock when a code and the removal of its sheet are sent at once', async () => {
        const { store, passwordWrite } = fixture.application
        const member = crowd.nextMember()
        const [code = ''] = await sheetOf(member)
        const { visitor } = await identified(member)
        await answer(visitor, 'rex')
        const { id } = await rowOf(visitor)
        let holds = () => {}
        const held = new Promise<void>(resolve => {
          holds = resolve
        })
        const removing = store.transaction(async tx => {
          await passwordWrite.revocations.lockPersonRow(tx, member.id)
          const sheets = tx.selectFrom('recovery_sheets').select('id').where('person', '=', member.id)
          await tx.deleteFrom('recovery_codes').where('sheet', 'in', sheets).execute()
          holds()
          await new Promise(resolve => setTimeout(resolve, 600))
          await tx.updateTable('journeys').set({ language: 'fr' }).where('id', '=', id).execute()
        })
        await held
        const typed = type(visitor, code)
        await removing
        expect((await typed).status).toBe(422)
        expect(await findDeadlocks(store)).toEqual([])
      })
  })
})
