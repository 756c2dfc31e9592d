import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { days } from '../../src/clock.ts'
import { foldAnswer } from '../../src/proofs/joker/fold.ts'
import { createAccountLifecycle, type Secrets } from '../world/account-lifecycle.ts'
import { unlimitedPosts } from '../world/limits.ts'
import { type MailServer, startMailServer } from '../world/mail-server.ts'
import { available, type PortalFixture, startPortal } from '../world/portal.ts'
import { type PortalProcess, spawnPortal } from '../world/portal-process.ts'
import { freePort } from '../world/ports.ts'
import { runSesame } from '../world/run-sesame.ts'
import { type SmsGateway, startSmsGateway } from '../world/sms-gateway.ts'

/** One text in every form that a run could have produced. */
const formsOf = (text: string): Buffer[] => {
  const bytes = Buffer.from(text)
  const base64 = [0, 1, 2].map(shift => {
    const shifted = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .replace(/=+$/, '')
    // The first and last characters depend on the neighbours: the middle does not.
    return shifted.slice(shift === 0 ? 0 : 4, -4)
  })
  const variants = [
    text,
    text.toLowerCase(),
    text.toUpperCase(),
    [...text].reverse().join(''),
    text.normalize('NFD'),
    text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase(),
    encodeURIComponent(text),
    new URLSearchParams({ a: text }).toString().slice(2),
    JSON.stringify(text).slice(1, -1),
    bytes.toString('hex'),
    bytes.toString('hex').toUpperCase(),
    ...base64.flatMap(one => [one, one.replaceAll('+', '-').replaceAll('/', '_')]),
  ]
  return [...new Set(variants)]
    .filter(one => one.length >= 6)
    .flatMap(one => [Buffer.from(one), Buffer.from(one, 'utf16le')])
}

const birthDates = [
  '14/07/1985',
  '14071985',
  '1985-07-14',
  '19850714',
  '14/7/1985',
  '1985-7-14',
  '"year":1985',
]

/** Inès was born on a day that is no other day of the run. */
const inesBorn = ['29/02/2008', '29022008', '2008-02-29', '20080229', '29/2/2008', '2008-2-29', '"year":2008']

describe.skipIf(!available({ directory: 'slapd', store: 'SQLite' }))(
  'after complete account lifecycles',
  () => {
    let fixture: PortalFixture
    let mail: MailServer
    let sms: SmsGateway
    let portal: PortalProcess
    let secrets: Secrets
    const written = new Map<string, Buffer>()

    beforeAll(async () => {
      const [mailPort, smsPort] = [await freePort(), await freePort()]
      const tokenFile = join(mkdtempSync(join(tmpdir(), 'sesame-sms-')), 'token')
      writeFileSync(tokenFile, 'jeton-de-la-passerelle')
      mail = await startMailServer({ port: mailPort, tls: 'none', folder: '' })
      sms = await startSmsGateway(smsPort, 'jeton-de-la-passerelle')
      const config = {
        // The person changes everything at once, also after a recovery.
        limits: { ...unlimitedPosts, recoveryCoolDown: 1 },
        mail: { kind: 'smtp', host: '127.0.0.1', port: mailPort, tls: 'none', from: 'sesame@univ.example' },
        sms: { kind: 'http', url: `http://127.0.0.1:${smsPort}/`, tokenFile },
      }
      fixture = await startPortal({
        directory: 'slapd',
        store: 'SQLite',
        hashing: 'real',
        people: 20,
        config,
      })
      const activationCode = await letterOf('imoreau')
      await fixture.portal.close()
      portal = await spawnPortal(fixture)
      const life = createAccountLifecycle({ url: fixture.url, now: Date.now, activationCode, sentTo })
      secrets = life.secrets
      await life.run()
      // The write-ahead log is emptied a few seconds after an erasure.
      await new Promise(resolve => setTimeout(resolve, 7000))
      await collect('while the portal runs')
      expect((await sesame('backup', join(fixture.folder, 'copy.jsonl'))).status).toBe(0)
      await portal.stop()
      await collect('after the stop')
      written.set('backup', readFileSync(join(fixture.folder, 'copy.jsonl')))
      written.set('log', Buffer.from(portal.lines.join('')))
      const audit = await sesame('person', 'clefevre', '--by', 'test', '--reason', 'scan')
      written.set('audit', Buffer.from(audit.said + audit.failed))
    }, 180_000)
    afterAll(async () => {
      await portal?.kill().catch(() => {})
      await mail?.stop()
      await sms?.stop()
      await fixture?.slapd?.stop()
    })

    /** An activation code as it is printed. */
    const letterOf = async (login: string) => {
      const found = await fixture.application.directory.findLogin(login)
      if (!found.ok || !found.person) throw new Error(`${login} is not in the directory`)
      const { id } = found.person
      return fixture.application.store.transaction(tx =>
        fixture.application.proofs.activationCodes.make(tx, id, days(30)),
      )
    }

    const sentTo = async (to: string, pattern: RegExp) => {
      const texts = () => [
        ...mail.received.filter(({ recipients }) => recipients.includes(to)).map(({ text }) => text ?? ''),
        ...sms.received.filter(one => one.to === to).map(({ text }) => text),
      ]
      const find = () => texts().findLast(text => pattern.test(text))
      await vi.waitFor(() => expect(find(), `${to} ${pattern}`).toBeDefined(), { timeout: 15_000 })
      return pattern.exec(find() ?? '')?.[0] ?? ''
    }

    const sesame = (...args: string[]) =>
      runSesame(args, {
        env: {
          PATH: process.env.PATH ?? '',
          SESAME_CONFIG: fixture.configFile,
          SESAME_DATA: join(fixture.folder, 'data'),
        },
      })

    const collect = async (when: string) => {
      const data = join(fixture.folder, 'data')
      for (const name of readdirSync(data, { recursive: true, encoding: 'utf8' }))
        if (/sqlite/.test(name)) written.set(`${name} ${when}`, readFileSync(join(data, name)))
    }

    const foundIn = (secret: string) =>
      formsOf(secret).flatMap(form =>
        [...written]
          .filter(([, bytes]) => bytes.includes(form))
          .map(([name]) => `${name} holds « ${form.toString()} » of « ${secret} »`),
      )
    const foundOf = (all: Iterable<string>) => [...all].flatMap(foundIn)

    it('there is something to scan: log, store, write-ahead log, backup, audit', () => {
      expect([...written.keys()].sort()).toEqual(
        expect.arrayContaining([
          'audit',
          'backup',
          'log',
          'sesame.sqlite after the stop',
          'sesame.sqlite-wal while the portal runs',
        ]),
      )
      expect(written.get('log')?.length).toBeGreaterThan(200)
      for (const table of ['password_history', 'passkeys', 'authenticators', 'recovery_codes', 'contacts'])
        expect(written.get('backup')?.includes(`["${table}",`), table).toBe(true)
    })

    it('the scan finds what is there', () => {
      const [password = ''] = secrets.passwords
      written.set('planted', Buffer.from(`x${Buffer.from(`ab${password}cd`).toString('base64')}`))
      expect(foundIn(password)).not.toEqual([])
      written.delete('planted')
    })

    it('no password is anywhere', () => {
      expect(secrets.passwords.length).toBeGreaterThanOrEqual(7)
      expect(foundOf(secrets.passwords)).toEqual([])
    })

    it('no answer to a joker is anywhere', () => {
      expect(secrets.answers.length).toBeGreaterThanOrEqual(4)
      expect(foundOf([...secrets.answers, ...secrets.answers.map(foldAnswer)])).toEqual([])
    })

    it('no birth date is anywhere', () => {
      const plain = (date: string) =>
        [...written].filter(([, bytes]) => bytes.includes(date)).map(([name]) => `${name}: ${date}`)
      expect([...birthDates, ...inesBorn].flatMap(date => [...foundIn(date), ...plain(date)])).toEqual([])
    })

    it('no code is stored or logged: of an activation, a mail, a text message, an app, a printed sheet', () => {
      // One activation code, two mails, two text messages, the secret of an app in two spellings, seven printed codes.
      expect(secrets.codes.length).toBeGreaterThanOrEqual(14)
      expect(foundOf(secrets.codes.flatMap(code => [code, code.replace(/[\s\u00a0-]/g, '')]))).toEqual([])
      expect(secrets.digits.length).toBeGreaterThanOrEqual(1)
      for (const digits of secrets.digits) {
        const exactly = new RegExp(`(?<!\\d)${digits}(?!\\d)`)
        const targets = [...written].filter(([, bytes]) => exactly.test(bytes.toString('latin1')))
        expect(targets.map(([name]) => name)).toEqual([])
      }
    })

    it('no handle of a journey, of a browser or of a session, no challenge, no token of a mail is anywhere', () => {
      expect(secrets.tokens.size).toBeGreaterThanOrEqual(15)
      expect(foundOf(secrets.tokens)).toEqual([])
    })

    it('no address of the person nor of a visitor is anywhere once the mails left', () => {
      const addresses = ['clefevre@univ.example', 'clefevre@maison.example', 'camille@ailleurs.example']
      for (const address of [
        ...addresses,
        'ines@ailleurs.example',
        '33612345678',
        '33712345678',
        '127.0.0.1',
      ]) {
        const targets = foundIn(address).filter(
          place => !(address === '127.0.0.1' && place.startsWith('log')),
        )
        expect(targets).toEqual([])
      }
    })
  },
)
