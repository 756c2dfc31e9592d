import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createCertificateAuthority } from '../../test/world/authority.ts'
import { movableClock } from '../../test/world/clock.ts'
import { type MailServer, startMailServer } from '../../test/world/mail-server.ts'
import { freePort } from '../../test/world/ports.ts'
import { newStore, storeFlavours } from '../../test/world/stores.ts'
import { createAudit } from '../audit/chain.ts'
import { days, hours, minutes } from '../clock.ts'
import { keysFrom } from '../crypto/keys.ts'
import type { Directory, Person } from '../directory/directory.ts'
import { createNotMeTokens } from '../identity/not-me-tokens.ts'
import { defaultLimits } from '../limits/limits.ts'
import { proofNotices } from '../proofs/proof-registry.ts'
import { ok, refused } from '../result.ts'
import { hrefIn } from '../routes.ts'
import { inEachLanguage, type Language, sayIn } from '../texts/texts.ts'
import { branding } from '../ui/theme.ts'
import { createComposer, ownNotices } from './compose.ts'
import { createMailRows } from './mail-rows.ts'
import { createNotices, goesToDesk, holdsCode, isHourly, type NoticeKind, noticeKinds } from './notify.ts'
import { createOutbox } from './outbox.ts'
import { openSmtpTransport } from './smtp.ts'

const folder = mkdtempSync(join(tmpdir(), 'sesame-mail-'))
beforeAll(() => {
  createCertificateAuthority(folder)
  writeFileSync(join(folder, 'password'), 'mail-secret\n')
})
afterAll(() => rmSync(folder, { recursive: true }))

const camille = {
  id: 'camille',
  login: 'clefevre',
  displayName: 'Camille Lefèvre',
  addresses: ['camille@univ.example', 'c@maison.example'],
} as unknown as Person

describe.each(storeFlavours.filter(({ available }) => available))(
  'mails from the outbox on $flavour',
  ({ flavour }) => {
    let opened: Awaited<ReturnType<typeof newStore>>
    let server: MailServer | null
    let port: number
    let directoryUnavailable = false
    let recoveryClosed = false
    const clock = movableClock()
    const keys = keysFrom(Buffer.alloc(32, 9))
    const transports: { close(): Promise<void> }[] = []

    beforeEach(async () => {
      opened = await newStore(flavour)
      port = await freePort()
      server = await startMailServer({ port, tls: 'starttls', folder, account: 'sesame:mail-secret' })
      directoryUnavailable = false
      recoveryClosed = false
    })
    afterEach(async () => {
      for (const transport of transports.splice(0)) await transport.close()
      await server?.stop()
      await opened.forget()
    })

    const open = (tls: 'implicit' | 'starttls' = 'starttls', ca = 'ca.pem') => {
      const transport = openSmtpTransport({
        host: 'localhost',
        port,
        tls,
        caFile: join(folder, ca),
        user: 'sesame',
        passwordFile: join(folder, 'password'),
        from: 'Sésame <sesame@univ.example>',
      })
      transports.push(transport)
      const directory = {
        read: async () => (directoryUnavailable ? refused('directory-unavailable') : ok({ person: camille })),
      } as unknown as Directory
      const outbox = createOutbox({
        store: opened.store,
        clock,
        keys,
        limits: defaultLimits,
        directory,
        transport,
        audit: createAudit(() => keys.of('audit'), clock),
        gateway: { send: async () => refused('mail-refused') },
        confirmedMails: async () => [],
        provingContacts: async () => [],
        makeCode: async () => null,
        admitCode: async (_, code) => code.to,
        isRecoveryClosed: async () => recoveryClosed,
        takeMessage: async () => true,
        isContact: async () => false,
        isRecent: async () => false,
        deskAddress: 'desk@univ.example',
        compose: createComposer({
          notices: { ...ownNotices, ...proofNotices },
          isRecent: async () => false,
          isContact: async () => false,
          tokens: createNotMeTokens({ store: opened.store, clock, limits: defaultLimits }),
          hrefs: inEachLanguage(language => hrefIn(language)),
          origin: 'https://sesame.univ.example',
          branding: branding.parse({}),
          sayIn,
          limits: defaultLimits,
        }),
      })
      return { outbox, transport }
    }

    const notice = (
      kind: NoticeKind = 'password-changed',
      person: string | null = 'camille',
      language: Language = 'fr',
    ) =>
      opened.store.transaction(tx =>
        createNotices(clock).write(tx, {
          kind,
          person,
          facts: { at: clock.now(), event: 'e', device: 'Chrome, Linux', until: clock.now() },
          language,
        }),
      )
    const to = (address: string) =>
      server?.received.filter(({ recipients }) => recipients[0] === address) ?? []
    /** The number of suspensions that each mail to Camille reports. */
    const counted = () =>
      to('camille@univ.example').map(({ text = '' }) => Number(/(\d+)\sfois/.exec(text)?.[1] ?? 1))
    const states = async () =>
      await opened.store.read.selectFrom('mails').select(['state', 'destination', 'facts']).execute()

    it('are sent by TLS with an account, to every known address, as text and HTML', async () => {
      const { outbox } = open()
      await notice()
      await outbox.run()
      expect(server?.received.map(({ recipients }) => recipients).sort()).toEqual([
        ['c@maison.example'],
        ['camille@univ.example'],
      ])
      const [mail] = server?.received ?? []
      expect(mail).toMatchObject({ secure: true, subject: 'Votre mot de passe a bien été modifié' })
      expect(mail?.from?.text).toContain('sesame@univ.example')
      expect(mail?.headers.get('auto-submitted')).toBe('auto-generated')
      expect(mail?.text).toContain('Bonjour Camille Lefèvre,')
      expect(mail?.html).toMatch(/href="https:\/\/sesame.univ.example\/fr\/ce-n-est-pas-moi\/[\w-]{32}"/)
      expect(await states()).toEqual([1, 2].map(() => ({ state: 'sent', destination: null, facts: null })))
    })

    it('are sent in English too, and by implicit TLS', async () => {
      await server?.stop()
      server = await startMailServer({ port, tls: 'implicit', folder, account: 'sesame:mail-secret' })
      const { outbox, transport } = open('implicit')
      expect(await transport.outage()).toBeNull()
      await notice('password-changed', 'camille', 'en')
      await outbox.run()
      expect(server.received[0]?.text).toContain('/en/ce-n-est-pas-moi/')
      expect(server.received[0]?.subject).toMatch(/password/i)
    })

    it('are not sent to a server whose certificate another authority signed', async () => {
      const other = mkdtempSync(join(tmpdir(), 'sesame-other-ca-'))
      createCertificateAuthority(other)
      writeFileSync(join(folder, 'other.pem'), readFileSync(join(other, 'ca.pem')))
      rmSync(other, { recursive: true })
      const { outbox, transport } = open('starttls', 'other.pem')
      expect(await transport.outage()).not.toBeNull()
      await notice()
      await outbox.run()
      expect(server?.received).toEqual([])
      expect((await states()).every(({ state }) => state === 'ready')).toBe(true)
    })

    it('wait for an unavailable server, and are sent once when it is back', async () => {
      await server?.stop()
      const { outbox } = open()
      await notice()
      await outbox.run()
      expect((await states()).map(({ state }) => state)).toEqual(['ready', 'ready'])
      server = await startMailServer({ port, tls: 'starttls', folder, account: 'sesame:mail-secret' })
      clock.forward(minutes(20))
      await Promise.all([outbox.run(), outbox.run(), outbox.run()])
      await outbox.run()
      expect(server.received).toHaveLength(2)
    })

    it('wait for an unavailable directory, whose addresses are read when it is back', async () => {
      const { outbox } = open()
      await notice()
      directoryUnavailable = true
      await outbox.run()
      expect(server?.received).toEqual([])
      directoryUnavailable = false
      clock.forward(minutes(20))
      await outbox.run()
      expect(server?.received).toHaveLength(2)
    })

    it('are tried again after a temporary failure, abandoned after a permanent one or four days', async () => {
      const { outbox } = open()
      server?.refuseWith(451, 'later')
      await notice()
      await outbox.run()
      expect((await states()).map(({ state }) => state)).toEqual(['ready', 'ready'])
      clock.forward(hours(1))
      server?.refuseWith(550, 'never')
      await outbox.run()
      expect((await states()).map(({ state }) => state)).toEqual(['abandoned', 'abandoned'])
      server?.refuseWith(451, 'later')
      await notice()
      await outbox.run()
      clock.forward(days(5))
      await outbox.run()
      expect((await states()).filter(({ state }) => state === 'ready')).toEqual([])
      server?.accept()
    })

    it('are at most five an hour for one destination; further events are merged into one mail, none is dropped', async () => {
      const { outbox } = open()
      for (let sent = 0; sent < 9; sent += 1) {
        await notice('joker-suspended')
        await outbox.run()
        await outbox.run()
      }
      expect(to('camille@univ.example')).toHaveLength(5)
      clock.forward(hours(1) + minutes(1))
      for (let run = 0; run < 3; run += 1) await outbox.run()
      const last = to('camille@univ.example')
      expect(last).toHaveLength(6)
      expect(last.at(-1)?.text?.replace(/\s/g, ' ')).toContain('4 fois')
    })

    it('of one kind, or about someone else at the same address, do not delay the first one of another kind', async () => {
      const { outbox } = open()
      const send = async (kind: NoticeKind, person: string, times: number) => {
        for (let sent = 0; sent < times; sent += 1) {
          await notice(kind, person)
          await outbox.run()
        }
      }
      const kinds = noticeKinds.filter(kind => !goesToDesk(kind) && !holdsCode(kind))
      for (const kind of kinds) {
        await send(kind, 'yanis', defaultLimits.mailsPerHour + 1)
        const before = to('camille@univ.example').length
        await send(kind, 'camille', 1)
        expect(to('camille@univ.example').length - before, kind).toBe(1)
      }
      const hourly = kinds.filter(isHourly)
      expect(hourly).toEqual(['proof-code-sent'])
      expect(to('camille@univ.example')).toHaveLength(
        (kinds.length - hourly.length) * (defaultLimits.mailsPerHour + 1) + hourly.length * 2,
      )
    })

    it.each([
      { kind: 'proof-code', closed: false, state: 'sent' },
      { kind: 'proof-code', closed: true, state: 'abandoned' },
      { kind: 'code', closed: true, state: 'sent' },
    ] as const)('with a code that waits: $kind, recovery closed $closed, is $state', async one => {
      const { outbox } = open()
      const event = {
        at: clock.now(),
        event: 'e',
        device: '',
        code: '4821 7306',
        until: clock.now() + hours(1),
      }
      const facts = { person: 'camille', name: '', login: '', events: [event] }
      await opened.store.transaction(tx =>
        createMailRows({ keys, clock }).write(tx, {
          kind: one.kind,
          to: 'c@maison.example',
          language: 'fr',
          facts,
        }),
      )
      recoveryClosed = one.closed
      await outbox.run()
      expect((await states()).map(({ state }) => state)).toEqual([one.state])
      expect(to('c@maison.example')).toHaveLength(one.state === 'sent' ? 1 : 0)
    })

    it('for an unknown person are not sent, and those for the helpdesk go to the helpdesk', async () => {
      const { outbox } = open()
      await notice('joker-suspended', null)
      await notice('desk-incident', null)
      await outbox.run()
      expect(server?.received.map(({ recipients }) => recipients)).toEqual([['desk@univ.example']])
      expect(await opened.store.read.selectFrom('notices').selectAll().execute()).toEqual([])
    })

    it('about two people who share an address are not merged', async () => {
      const { outbox } = open()
      server?.refuseWith(451, 'later')
      for (const person of ['camille', 'yanis', 'camille']) {
        await notice('joker-suspended', person)
        await outbox.run()
      }
      clock.forward(hours(1))
      server?.accept()
      await outbox.run()
      expect(counted().sort()).toEqual([1, 2])
    })

    it('are merged while they wait, in rows that stay small, and report the number of events', async () => {
      const { outbox } = open()
      server?.refuseWith(451, 'later')
      for (let n = 0; n < 100; n += 1) {
        await notice('joker-suspended')
        if (n % 10 === 0) await outbox.run()
      }
      await outbox.run()
      const rows = await opened.store.read.selectFrom('mails').select(['facts']).execute()
      expect(rows.length).toBeLessThanOrEqual(4)
      for (const { facts } of rows) expect(facts?.length ?? 0).toBeLessThan(6000)
      clock.forward(hours(1))
      server?.accept()
      await outbox.run()
      expect(counted().reduce((sum, one) => sum + one, 0)).toBe(100)
    })

    it('to the helpdesk wait as long as its address refuses them, and those of one kind do not delay another', async () => {
      const { outbox } = open()
      server?.refuseWith(550, 'never')
      await notice('desk-frozen')
      await outbox.run()
      clock.forward(days(6))
      await outbox.run()
      server?.accept()
      clock.forward(days(1))
      await outbox.run()
      expect(server?.received.map(({ recipients }) => recipients[0])).toEqual(['desk@univ.example'])
      for (let n = 0; n < 30; n += 1) {
        await notice('desk-incident', null)
        await outbox.run()
      }
      await notice('desk-frozen')
      await outbox.run()
      const subjects = server?.received.map(({ subject = '' }) => subject) ?? []
      expect(subjects.filter(subject => subject.startsWith('Compte gelé'))).toHaveLength(2)
      expect(subjects.filter(subject => subject.startsWith('Deux personnes'))).toHaveLength(5)
    })

    it('with a code are not sent once it has expired', async () => {
      const { outbox } = open()
      server?.refuseWith(451, 'later')
      const until = clock.now() + minutes(10)
      const facts = {
        person: 'camille',
        name: '',
        login: '',
        events: [{ at: 0, event: 'code', device: '', code: '1', until }],
      }
      const mail = { kind: 'code', to: 'c@maison.example', language: 'fr', facts } as const
      await opened.store.transaction(tx => createMailRows({ keys, clock }).write(tx, mail))
      await outbox.run()
      clock.forward(hours(1))
      server?.accept()
      await outbox.run()
      expect(server?.received).toEqual([])
      expect((await states()).map(({ state }) => state)).toEqual(['abandoned'])
    })

    it('are sealed while they wait', async () => {
      await server?.stop()
      server = null
      const { outbox } = open()
      await notice()
      await outbox.run()
      const rows = JSON.stringify(await opened.store.read.selectFrom('mails').selectAll().execute())
      for (const personal of ['camille', 'maison', 'Lefèvre', 'clefevre'])
        expect(rows).not.toContain(personal)
    })
  },
)
