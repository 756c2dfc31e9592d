import { rmSync } from 'node:fs'
import { hostname } from 'node:os'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openSmtpTransport, smtpSettings } from '../../src/notify/smtp.ts'
import { type MailServer, startMailServer } from '../world/mail-server.ts'
import { freePort } from '../world/ports.ts'
import { scratchFolder } from '../world/scratch.ts'

/** Public reports of programs that send mail, each tried on a real SMTP server. */
describe('reports of mail', () => {
  const folder = scratchFolder('sesame-mail-')
  let port: number
  let server: MailServer
  beforeAll(async () => {
    port = await freePort()
  })
  beforeEach(async () => {
    server = await startMailServer({ port, tls: 'none', folder })
  })
  afterEach(() => server.stop())
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  const send = async (settings: Record<string, unknown> = {}) => {
    const transport = openSmtpTransport(
      smtpSettings.parse({
        host: '127.0.0.1',
        port,
        tls: 'none',
        from: 'Sésame <sesame@univ.example>',
        ...settings,
      }),
    )
    const sent = await transport.send({
      id: 'one',
      to: 'camille@maison.example',
      subject: 'Bonjour',
      html: '<p>Bonjour</p>',
      text: 'Bonjour',
    })
    await transport.close()
    return sent
  }

  describe('a mail is lost only by an answer about its address', () => {
    const blocked = '5.7.1 Service unavailable; client [192.0.2.1] blocked using zen.example.org'
    it.each([
      ['the network of the portal is blocked (nodemailer/nodemailer#1089)', 'recipient', 550, blocked],
      [
        'the name of the portal is refused (bitwarden/server#4062)',
        'recipient',
        504,
        '5.5.2 Helo command rejected: need fully-qualified hostname',
      ],
      ['the sender is refused (opencoredev/email-sdk#222)', 'sender', 550, '5.1.7 invalid envelope sender'],
      [
        'the sender is refused, without a word (substack/node-smtp-protocol#50)',
        'sender',
        550,
        'Command rejected',
      ],
      ['the mailbox is full', 'recipient', 552, '5.2.2 Mailbox full'],
      ['it is greylisted', 'recipient', 451, '4.7.1 Try again later'],
    ] as const)('not when %s: it is tried again', async (_, command, code, words) => {
      server.refuseWith(code, words, command)
      expect(await send()).toEqual({ ok: false, reason: 'mail-unavailable' })
      server.accept()
      expect(await send()).toEqual({ ok: true })
    })
    it.each([
      [550, '5.1.1 No such user'],
      [550, 'No such user'],
      [551, 'User not local'],
      [553, '5.1.3 Bad address'],
      [554, '5.1.10 Recipient address has null MX'],
      [550, '5.2.1 Mailbox disabled'],
    ])('%i %s', async (code, words) => {
      server.refuseWith(code, words)
      expect(await send()).toEqual({ ok: false, reason: 'mail-refused' })
    })
  })

  describe('the server is greeted with a full name (simstudioai/sim#6778, Infisical/infisical#6229)', () => {
    it.each([
      ['the configured one', { clientName: 'sesame.univ.example' }, 'sesame.univ.example'],
      [
        'else that of this machine, or the domain of the sender',
        {},
        hostname().includes('.') ? hostname() : 'univ.example',
      ],
    ])('%s', async (_, settings, name) => {
      expect(await send(settings)).toEqual({ ok: true })
      expect(server.received[0]?.clientName).toBe(name)
    })
  })
})
