import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { days, hours, minutes } from '../../src/clock.ts'
import { movableClock } from '../world/clock.ts'
import { createCrowdVisitors } from '../world/crowd-visitors.ts'
import {
  appOf,
  appSecretIn,
  enrolApp,
  enrolPasskey,
  optionsIn,
  printSheet,
  recoveryCodesIn,
} from '../world/factors.ts'
import { unlimited } from '../world/limits.ts'
import { codeSentTo } from '../world/mailbox.ts'
import { available, type PortalFixture, type PortalKind, startPortal } from '../world/portal.ts'
import { newSecurityKey } from '../world/security-key.ts'
import { newVisitor, textOf, type Visitor } from '../world/visitor.ts'

const kinds: readonly PortalKind[] = [
  { directory: 'embedded', store: 'SQLite' },
  { directory: 'slapd', store: 'PostgreSQL' },
]
const chosen = 'Tr0mbone&Cascade-3'
const app = '/fr/compte/application'
const sheet = '/fr/compte/codes-de-secours'
const keys = '/fr/compte/cles-d-acces'
const addresses = '/fr/compte/adresses'

describe.each(kinds.filter(available))(
  'what a thief began with a stolen password, on $directory and $store',
  kind => {
    let fixture: PortalFixture
    const clock = movableClock()
    beforeAll(async () => {
      fixture = await startPortal({ ...kind, clock, people: 20, crowd: 60, config: { limits: unlimited } })
    })
    afterAll(() => fixture?.stop())

    const crowd = createCrowdVisitors(() => fixture)
    /** A member of the crowd; each call of `signedIn` is another browser that knows the password. */
    const newMember = async () => {
      const member = crowd.nextMember()
      return { ...member, signedIn: () => crowd.signIn(member) }
    }
    /** The owner and a thief who knows the password, each signed in. */
    const ownerAndThief = async () => {
      const who = await newMember()
      return { who, owner: (await who.signedIn()).visitor, thief: (await who.signedIn()).visitor }
    }
    const confirmSignIn = async (visitor: Visitor, page: string, password: string) => {
      const before = visitor.cookies.get('__Host-session')
      await visitor.post(`/fr/connexion/confirmer/${page}`, { motdepasse: password })
      expect(visitor.cookies.get('__Host-session')).not.toBe(before)
    }
    const mailsTo = async (recipient: string) => {
      await fixture.portal.outbox.run()
      const mails = fixture.application.store.read.selectFrom('demo_mails').selectAll()
      return mails.where('recipient', '=', recipient).orderBy('received_at').execute()
    }
    const add = (visitor: Visitor, mail: string) => visitor.submit(addresses, { faire: 'mail', mail })
    const type = (visitor: Visitor, code: string) => visitor.submit(`${addresses}/mail`, { code })
    const toOf = async (id: string) =>
      (await fixture.application.accounts.contacts.list(id as never)).map(({ to }) => String(to))

    describe('belongs to the session that began it', () => {
      it('an app: another session neither sees, replaces nor confirms it, and a new handle keeps it', async () => {
        const { who, owner, thief } = await ownerAndThief()
        await owner.post(app, { action: 'commencer' })
        const mine = appSecretIn((await owner.get(app)).html)
        expect(appSecretIn((await thief.get(app)).html)).toBeNull()
        await thief.post(app, { action: 'commencer' })
        const theirs = appSecretIn((await thief.get(app)).html)
        expect(theirs).not.toBe(mine)
        await thief.post(app, { action: 'retirer' })
        await confirmSignIn(owner, 'application', who.initialPassword)
        expect(appSecretIn((await owner.get(app)).html)).toBe(mine)
        const code = appOf(mine ?? '')(clock.now())
        expect((await thief.submit(app, { action: 'confirmer', code })).refusal).not.toBe(null)
        expect((await owner.post(app, { action: 'confirmer', code })).location).toBe(app)
        // This ends what the thief had begun, and the thief's session must show the factor.
        const late = await thief.post(app, { action: 'confirmer', code: appOf(theirs ?? '')(clock.now()) })
        expect(late.location).toBe('/fr/connexion/confirmer/application')
      })

      it('a sheet: another session neither shows, replaces nor confirms it, and a new handle keeps it', async () => {
        const { who, owner, thief } = await ownerAndThief()
        const [first = ''] = recoveryCodesIn((await owner.post(sheet, { action: 'commencer' })).html)
        expect((await thief.get(sheet)).html).not.toContain('value="confirmer"')
        expect((await thief.submit(sheet, { action: 'confirmer', code: first })).refusal).not.toBe(null)
        await thief.post(sheet, { action: 'commencer' })
        await thief.post(sheet, { action: 'retirer' })
        await confirmSignIn(owner, 'codes-de-secours', who.initialPassword)
        expect((await owner.post(sheet, { action: 'confirmer', code: first })).location).toBe(sheet)
      })

      it('a passkey: another session neither asks for it, replaces nor confirms it', async () => {
        const { owner, thief } = await ownerAndThief()
        const device = () =>
          newSecurityKey({ origin: `http://localhost:${new URL(fixture.url).port}`, host: 'localhost' })
        const make = async (visitor: Visitor) => {
          const key = device()
          await visitor.post(keys, { action: 'commencer' })
          const options = optionsIn((await visitor.get(`${keys}/nouvelle`)).html)
          expect(
            (await visitor.post(`${keys}/nouvelle`, { nom: 'Clé', cle: key.make(options) })).location,
          ).toBe(`${keys}/essai`)
          return key
        }
        const mine = await make(owner)
        const asked = optionsIn((await owner.get(`${keys}/essai`)).html)
        await make(thief)
        const elsewhere = optionsIn((await thief.get(`${keys}/essai`)).html)
        expect(JSON.stringify(elsewhere)).not.toContain(asked.allowCredentials[0].id)
        const stolen = mine.sign({ ...elsewhere, allowCredentials: asked.allowCredentials })
        expect((await thief.submit(`${keys}/essai`, { cle: stolen })).refusal).not.toBe(null)
        expect((await owner.post(`${keys}/essai`, { cle: mine.sign(asked) })).location).toBe(keys)
      })
    })

    describe.each(['an app', 'a passkey'] as const)('with %s as the first factor', what => {
      const enrol = async (owner: Visitor) => {
        if (what === 'a passkey') return enrolPasskey(owner, fixture.url).catch(() => null)
        await owner.post(app, { action: 'commencer' })
        const letters = appSecretIn((await owner.get(app)).html) ?? ''
        return owner.post(app, { action: 'confirmer', code: appOf(letters)(clock.now()) })
      }

      it('sheets printed before are void, in service or not, and the owner is notified of what to do', async () => {
        const { who, owner, thief } = await ownerAndThief()
        const stolen = await printSheet(thief)
        const third = (await who.signedIn()).visitor
        const [waiting = ''] = recoveryCodesIn((await third.post(sheet, { action: 'commencer' })).html)
        const answer = await enrol(owner)
        if (answer && 'html' in answer)
          expect(textOf(answer.html)).toContain('Jetez-la et créez-en une nouvelle')
        const { location, visitor } = await who.signedIn()
        expect(location).toMatch(/second-element|cle-d-acces/)
        for (const code of [stolen[0] ?? '', waiting])
          expect((await visitor.post('/fr/connexion/second-element/compte', { code })).status).toBe(422)
        const found = await fixture.application.directory.read(who.id)
        const own = found.ok ? (found.person?.addresses[0] ?? '') : ''
        await expect
          .poll(async () => (await mailsTo(own)).map(({ subject }) => subject))
          .toContain('Votre feuille de codes de secours ne sert plus')
      })

      it('a sheet printed after it works, and stays with the second factor', async () => {
        const who = await newMember()
        const owner = (await who.signedIn()).visitor
        if (what === 'an app') await enrolApp(owner, clock.now)
        else await enrolPasskey(owner, fixture.url)
        const left = await printSheet(owner)
        if (what === 'an app') await enrolPasskey(owner, fixture.url)
        else await enrolApp(owner, clock.now)
        const { visitor } = await who.signedIn()
        const shown = await visitor.post('/fr/connexion/second-element/compte', { code: left[0] ?? '' })
        expect(shown.location).toBe('/fr/compte')
      })

      it('a code requested for an address before it cannot add the address', async () => {
        const { who, owner, thief } = await ownerAndThief()
        await add(thief, `voleur-${crowd.used()}@ailleurs.example`)
        const code = await codeSentTo(fixture, `voleur-${crowd.used()}@ailleurs.example`)
        await enrol(owner)
        expect((await type(thief, code)).location).toBe('/fr/connexion/confirmer/adresses')
        expect((await thief.get(`${addresses}/mail`)).location).toBe('/fr/connexion/confirmer/adresses')
        expect(await toOf(who.id)).toEqual([])
      })
    })

    describe('addresses', () => {
      it('the code is typed in a session that is still fresh', async () => {
        const who = await newMember()
        const { visitor } = await who.signedIn()
        clock.forward(minutes(9))
        await add(visitor, `tard-${crowd.used()}@ailleurs.example`)
        const code = await codeSentTo(fixture, `tard-${crowd.used()}@ailleurs.example`)
        clock.forward(minutes(2))
        expect((await type(visitor, code)).location).toBe('/fr/connexion/confirmer/adresses')
        await confirmSignIn(visitor, 'adresses', who.initialPassword)
        expect((await type(visitor, code)).location).toBe(addresses)
        expect(await toOf(who.id)).toEqual([`tard-${crowd.used()}@ailleurs.example`])
      })

      it('no spelling of an institutional mailbox, or of a known one, can be a recovery address', async () => {
        const who = await newMember()
        const { visitor } = await who.signedIn()
        const found = await fixture.application.directory.read(who.id)
        const own = found.ok ? (found.person?.addresses ?? []) : []
        expect(own.length).toBeGreaterThan(0)
        for (const address of own) {
          const [local = '', domain = ''] = address.split('@')
          for (const spelling of [address, address.toUpperCase(), `${local}+x@${domain}`])
            expect(textOf((await add(visitor, spelling)).refusal ?? '')).toContain(
              'Choisissez une autre adresse',
            )
        }
        await add(visitor, `moi-${crowd.used()}@ailleurs.example`)
        await type(visitor, await codeSentTo(fixture, `moi-${crowd.used()}@ailleurs.example`))
        const again = await add(visitor, `MOI-${crowd.used()}+y@ailleurs.example`)
        expect(textOf(again.refusal ?? '')).toContain('Vous avez déjà cette adresse')
      })

      it('five codes requested in parallel sessions and typed at once add three addresses', async () => {
        const who = await newMember()
        const asked: { visitor: Visitor; code: string }[] = []
        for (const n of [1, 2, 3, 4, 5]) {
          const { visitor } = await who.signedIn()
          await add(visitor, `n${n}-${crowd.used()}@ailleurs.example`)
          asked.push({ visitor, code: await codeSentTo(fixture, `n${n}-${crowd.used()}@ailleurs.example`) })
        }
        const typed = await Promise.all(asked.map(({ visitor, code }) => type(visitor, code)))
        const refusals = typed.flatMap(({ refusal }) => refusal ?? [])
        expect(refusals).toHaveLength(2)
        for (const html of refusals) expect(textOf(html)).toContain('Vous en avez déjà 3')
        expect(await toOf(who.id)).toHaveLength(3)
      })

      it('a mail to an address that is removed before it is sent is never sent', async () => {
        const { who, owner, thief } = await ownerAndThief()
        const to = `parti-${crowd.used()}@ailleurs.example`
        await add(thief, to)
        await type(thief, await codeSentTo(fixture, to))
        await fixture.portal.outbox.run()
        // Five notices an hour are sent: the others wait.
        for (let n = 0; n < 8; n += 1) {
          await printSheet(owner)
          await fixture.portal.outbox.run()
        }
        const { id } = (await fixture.application.accounts.contacts.list(who.id))[0] ?? { id: '' }
        await thief.post(addresses, { faire: 'retirer', laquelle: id })
        clock.forward(hours(2))
        const before = (await mailsTo(to)).length
        for (let n = 0; n < 4; n += 1) await fixture.portal.outbox.run()
        const left = (await mailsTo(to)).slice(before)
        expect(left.map(({ subject }) => subject).filter(subject => !subject.includes('retirée'))).toEqual([])
        const digest = fixture.application.notify.mails.digestOf(to)
        const tokens = await fixture.application.store.read
          .selectFrom('not_me_tokens')
          .select('kind')
          .where('destination_digest', '=', digest)
          .execute()
        expect(tokens.length).toBeGreaterThan(0)
        expect(tokens.filter(token => token.kind === 'freeze')).toEqual([])
      }, 120_000)

      it('an address confirmed long ago gets the button that freezes the account', async () => {
        const who = await newMember()
        const { visitor } = await who.signedIn()
        const to = `ancien-${crowd.used()}@ailleurs.example`
        await add(visitor, to)
        await type(visitor, await codeSentTo(fixture, to))
        clock.forward(days(31))
        const later = (await who.signedIn()).visitor
        await printSheet(later)
        await expect.poll(async () => (await mailsTo(to)).at(-1)?.body ?? '').toContain('gèle votre compte')
      })
    })

    describe('an activation left open after its password', () => {
      const at = (page: string) => `/fr/activation/${page}`
      /** Inès chose her password on a computer that other people use now. */
      const leftAt = async (fresh: PortalFixture, step: 'joker' | 'adresse' | 'adresse/code') => {
        const found = await fresh.application.directory.findLogin('imoreau')
        if (!found.ok || !found.person) throw new Error('Inès is gone')
        const { id } = found.person
        const code = await fresh.application.store.transaction(tx =>
          fresh.application.proofs.activationCodes.make(tx, id, hours(24)),
        )
        const left = newVisitor(fresh.url)
        const send = async (page: string, fields: Readonly<Record<string, string>>) =>
          left.post(at(page), { ...fields, demarche: left.refIn((await left.get(at(page))).html) })
        await left.post(at('identification/numero-etudiant'), { numero: '22609431', naissance: '29/2/2008' })
        await send('code', { code })
        await send('mot-de-passe', { nouveau: chosen, confirmation: chosen, charte: 'oui' })
        if (step !== 'joker') await send('question-joker', { question: 'book', reponse: 'L’Œuvre au noir' })
        if (step === 'adresse/code') await send('adresse', { contact: 'voleur@ailleurs.example' })
        return { id, left, send }
      }
      const jokerOf = (fresh: PortalFixture, id: string) =>
        fresh.application.store.read
          .selectFrom('jokers')
          .selectAll()
          .where('person', '=', id)
          .executeTakeFirst()

      it.each(['joker', 'adresse', 'adresse/code'] as const)(
        'at « %s », cannot write once its owner signed in elsewhere, and links to the account',
        { timeout: 60_000 },
        async step => {
          const fresh = await startPortal({ ...kind, people: 20, config: { limits: unlimited } })
          try {
            const { id, left } = await leftAt(fresh, step)
            const page = step === 'joker' ? 'question-joker' : step
            const demarche = left.refIn((await left.get(at(page))).html)
            const code = step === 'adresse/code' ? await codeSentTo(fresh, 'voleur@ailleurs.example') : ''
            const owner = newVisitor(fresh.url)
            expect((await owner.signIn('imoreau', chosen)).location).toMatch(/^\/fr\/compte/)
            await owner.post('/fr/compte/question-joker', {
              question: 'town',
              reponse: 'Brzeczyszczykiewicz',
            })
            const hers = await jokerOf(fresh, id)
            const fields = { question: 'pet', reponse: 'Zyzomys', contact: 'voleur@ailleurs.example', code }
            expect((await left.post(at(page), { ...fields, demarche })).location).toBe(at('fin'))
            const over = await left.get(at('fin'))
            expect(over.html).toContain('href="/fr/connexion/vers/premier-jour"')
            expect(textOf(over.html)).toContain('Continuez dans votre compte')
            expect(await jokerOf(fresh, id)).toEqual(hers)
            expect(hers?.question).toBe('town')
            expect(await fresh.application.accounts.contacts.list(id)).toEqual([])
          } finally {
            await fresh.stop()
          }
        },
      )
    })
  },
)
