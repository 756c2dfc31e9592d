import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { minutes } from '../../src/clock.ts'
import { openPortal, type Portal } from '../../src/portal.ts'
import { completesWithin } from '../../src/services/completes-within.ts'
import { createCertificateAuthority } from '../world/authority.ts'
import { movableClock } from '../world/clock.ts'
import { unlimitedPosts } from '../world/limits.ts'
import { type MailServer, startMailServer } from '../world/mail-server.ts'
import { available, type PortalFixture, startPortal } from '../world/portal.ts'
import { freePort } from '../world/ports.ts'
import { quickHashing } from '../world/quick-hashing.ts'
import { root } from '../world/root.ts'
import { type LinkFault, startUnreliableLink, type UnreliableLink } from '../world/unreliable-link.ts'
import { newVisitor, textOf } from '../world/visitor.ts'

const faults: readonly LinkFault[] = ['refused', 'silent', 'cut']
const done = /termine$/

describe.skipIf(!available({ directory: 'slapd', store: 'SQLite' }))(
  'trouble on the way to the directory and to the mail server',
  () => {
    let fixture: PortalFixture
    let portal: Portal
    let toDirectory: UnreliableLink
    let toMail: UnreliableLink
    let mail: MailServer
    let strangers: string
    const clock = movableClock()
    const limits = { ...unlimitedPosts, identificationPerNetwork: 1e6 }
    let next = 0

    type Changes = { readonly caFile?: string }
    /** The portal of the fixture, with faulty links to its servers. */
    const openOn = async (ldap: Changes = {}, smtp: Changes = {}) => {
      const { config } = fixture.settings
      if (config.directory.kind !== 'ldap' || config.mail.kind !== 'smtp')
        throw new Error('not on real servers')
      const settings = {
        ...fixture.settings,
        config: {
          ...config,
          directory: { ...config.directory, ...ldap },
          mail: { ...config.mail, ...smtp },
        },
      }
      const folders = { root, dist: join(root, 'dist') }
      const opened = await openPortal(settings, {
        clock,
        folders,
        hashing: quickHashing(),
        log: () => {},
        slowJobs: 'once',
      })
      await opened.listen()
      return opened
    }

    beforeAll(async () => {
      strangers = mkdtempSync(join(tmpdir(), 'sesame-strangers-'))
      createCertificateAuthority(strangers)
      writeFileSync(join(strangers, 'mail.password'), 'b')
      const [ldapLink, mailLink, mailPort] = [await freePort(), await freePort(), await freePort()]
      mail = await startMailServer({
        port: mailPort,
        tls: 'starttls',
        folder: strangers,
        account: 'sesame:b',
      })
      toMail = await startUnreliableLink(mailLink, mailPort)
      fixture = await startPortal({
        directory: 'slapd',
        store: 'SQLite',
        people: 20,
        crowd: 40,
        clock,
        config: {
          limits,
          mail: {
            kind: 'smtp',
            host: '127.0.0.1',
            port: mailLink,
            tls: 'starttls',
            from: 's@univ.example',
            user: 'sesame',
            passwordFile: join(strangers, 'mail.password'),
            caFile: join(strangers, 'ca.pem'),
          },
        },
      })
      const { slapd } = fixture
      if (!slapd) throw new Error('no directory')
      toDirectory = await startUnreliableLink(ldapLink, Number(new URL(slapd.urls.ldaps).port))
      await fixture.portal.close()
      const { config } = fixture.settings
      Object.assign(config.directory, { urls: [`ldaps://127.0.0.1:${ldapLink}`] })
      portal = await openOn()
    }, 120_000)
    afterAll(async () => {
      await portal?.close()
      await toDirectory?.stop()
      await toMail?.stop()
      await mail?.stop()
      await fixture?.slapd?.stop()
      rmSync(strangers, { recursive: true, force: true })
    })
    beforeEach(() => clock.forward(minutes(61)))
    afterEach(() => {
      toDirectory.make('none')
      toMail.make('none')
    })

    const somebody = () => {
      const crowdMember = fixture.crowd[next]
      next += 1
      if (!crowdMember) throw new Error('the crowd is too small')
      const visitor = newVisitor(fixture.url)
      return {
        ...crowdMember,
        visitor,
        chosen: `Tr0mbone&Cascade-${crowdMember.number}`,
        identify: () => visitor.identify('numero-personnel', crowdMember.number, crowdMember.date),
        opens: async (password: string) =>
          (await portal.application.directory.bind(crowdMember.id, password)).ok,
      }
    }
    /** On the admin listener, within two rounds of the heartbeat; the public one shows only the overall status. */
    const saysAway = async (part: 'directory' | 'mail') => {
      const readiness = async (url: string | null) => (await newVisitor(url ?? '').get('/readyz')).html
      await expect.poll(() => readiness(portal.adminUrl)).toContain(`"${part}":false`)
      expect(JSON.parse(await readiness(fixture.url))).toEqual({ ready: false, age: expect.any(Number) })
    }
    const walk = async () => {
      const who = somebody()
      await who.visitor.answerJokerAs(who)
      return { ...who, answer: await who.visitor.choose(who.chosen) }
    }

    describe('the directory', () => {
      it.each(faults)('%s at the identification: said with a reference; then it works again', async fault => {
        const { visitor, identify } = somebody()
        toDirectory.make(fault)
        const shownPage = await identify()
        expect(shownPage.status).toBe(503)
        expect(textOf(shownPage.html)).toMatch(/référence à l'assistance : SES-/)
        expect(visitor.cookies.size).toBe(0)
        await saysAway('directory')
        toDirectory.make('none')
        expect((await identify()).location).toMatch(/question-joker$/)
      })

      it.each(faults)(
        '%s at the write: never a false success; then the truth',
        { timeout: 90_000 },
        async fault => {
          const who = somebody()
          await who.visitor.answerJokerAs(who)
          const page = await who.visitor.get('/fr/mot-de-passe/nouveau')
          toDirectory.make(fault)
          const form = {
            nouveau: who.chosen,
            confirmation: who.chosen,
            charte: 'oui',
            demarche: who.visitor.refIn(page.html),
          }
          const answer = await who.visitor.post('/fr/mot-de-passe/nouveau', form)
          const shownPage = answer.status === 303 ? await who.visitor.get(answer.location ?? '') : answer
          expect(textOf(shownPage.html)).not.toContain('a bien été modifié')
          toDirectory.make('none')
          const where = async () => (await who.visitor.get('/fr/mot-de-passe/verification')).location ?? ''
          await expect.poll(where, { timeout: 60_000, interval: 100 }).toMatch(/termine|nouveau/)
          if ((await where()).endsWith('nouveau'))
            expect((await who.visitor.choose(who.chosen)).location).toMatch(done)
          expect(await who.opens(who.chosen)).toBe(true)
          expect(await who.opens(who.initialPassword)).toBe(false)
        },
      )

      it('slow: the journey takes longer, and ends well', { timeout: 60_000 }, async () => {
        toDirectory.make('slow')
        expect((await walk()).answer.location).toMatch(done)
      })

      it('silent to many requests: no one waits for another’s time-out, and pages that need no directory are served', {
        timeout: 60_000,
      }, async () => {
        const { connectTimeout, answerTimeout } = fixture.slapd?.settings() ?? {
          connectTimeout: 0,
          answerTimeout: 0,
        }
        toDirectory.make('silent')
        let answered = 0
        const asked = Array.from({ length: 24 }, async () => {
          const { status } = await somebody().identify()
          answered += 1
          return status
        })
        for (const page of ['/fr/', '/fr/aide', '/en/mot-de-passe/identification/ine'])
          expect((await newVisitor(fixture.url).get(page)).status).toBe(200)
        expect(answered).toBe(0)
        // Waiting, connecting and answering each have a time-out; twenty-four requests in sequence would take ten times as long.
        const longest = 2 * connectTimeout + 2 * answerTimeout
        expect(await completesWithin(2 * longest, Promise.all(asked))).toBe(true)
        const statuses = await Promise.all(asked)
        expect(statuses).toEqual(statuses.map(() => 503))
        next -= 20
        toDirectory.make('none')
        expect((await walk()).answer.location).toMatch(done)
      })

      it('with a certificate of an unknown authority: nothing is asked of it', {
        timeout: 120_000,
      }, async () => {
        await portal.close()
        portal = await openOn({ caFile: join(strangers, 'ca.pem') })
        expect((await somebody().identify()).status).toBe(503)
        await portal.close()
        portal = await openOn()
        expect((await somebody().identify()).status).toBe(303)
      })
    })

    describe('the mail server', () => {
      const mailsTo = (login: string) =>
        mail.received.filter(({ recipients }) => recipients.includes(`${login}@univ.example`)).length

      const sending = () =>
        portal.application.store.read
          .selectFrom('mails')
          .select('id')
          .where('state', '=', 'sending')
          .execute()

      /** Retries are minutes apart: moves the clock forward until the mail has arrived, and then once more. */
      const leavesOnce = async (login: string) => {
        await expect
          .poll(
            () => {
              clock.forward(minutes(16))
              return mailsTo(login)
            },
            { timeout: 60_000, interval: 300 },
          )
          .toBeGreaterThan(0)
        // Moving the clock while the mail is being sent would end the lease of its sender.
        await expect.poll(() => sending()).toEqual([])
        clock.forward(minutes(30))
        await portal.outbox.run()
        return mailsTo(login) === 1
      }

      it.each([...faults, 'slow'] as const)(
        '%s: the journey ends as ever, and the mail leaves once',
        {
          timeout: 120_000,
        },
        async fault => {
          toMail.make(fault)
          const { answer, login } = await walk()
          expect(answer.location).toMatch(done)
          if (fault !== 'slow') {
            await new Promise(resolve => setTimeout(resolve, 2500))
            expect(mailsTo(login)).toBe(0)
            await saysAway('mail')
            toMail.make('none')
          }
          expect(await leavesOnce(login)).toBe(true)
        },
      )

      it('with a certificate of an unknown authority: nothing is sent to it', {
        timeout: 120_000,
      }, async () => {
        await portal.close()
        const slapdCa = fixture.slapd?.caFile ?? ''
        portal = await openOn({}, { caFile: slapdCa })
        const { answer, login } = await walk()
        expect(answer.location).toMatch(done)
        await new Promise(resolve => setTimeout(resolve, 2500))
        expect(mailsTo(login)).toBe(0)
        await portal.close()
        portal = await openOn()
        expect(await leavesOnce(login)).toBe(true)
      })
    })
  },
)
