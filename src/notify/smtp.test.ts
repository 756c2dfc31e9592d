import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createCertificateAuthority } from '../../test/world/authority.ts'
import { startMailServer } from '../../test/world/mail-server.ts'
import { freePort } from '../../test/world/ports.ts'
import { openSmtpTransport, smtpSettings } from './smtp.ts'

const folder = mkdtempSync(join(tmpdir(), 'sesame-smtp-'))
const ca = join(folder, 'ca.pem')
let port: number
beforeAll(async () => {
  createCertificateAuthority(folder)
  writeFileSync(join(folder, 'password'), 'wrong\n')
  port = await freePort()
})
afterAll(() => rmSync(folder, { recursive: true }))

const outageWith = async (settings: Record<string, unknown>) => {
  const transport = openSmtpTransport(
    smtpSettings.parse({ host: '127.0.0.1', port, from: 'a@univ.example', ...settings }),
  )
  const outage = await transport.outage()
  await transport.close()
  return outage
}
const onServer = async (tls: 'starttls' | 'implicit' | 'none', settings: Record<string, unknown>) => {
  const server = await startMailServer({
    port,
    tls,
    folder,
    ...(tls !== 'none' && { account: 'sesame:right' }),
  })
  const outage = await outageWith(settings)
  await server.stop()
  return outage
}

describe('an address that is not ASCII before the @', () => {
  const mail = { id: 'a', to: 'rené@univ.example', subject: 'é', html: '<p>é', text: 'é' }
  const sentTo = async (to: string, options: { smtpUtf8: boolean; tls: 'starttls' | 'none' }) => {
    const { tls } = options
    const account = tls !== 'none' && { user: 'sesame', passwordFile: join(folder, 'password') }
    const server = await startMailServer({
      port,
      folder,
      ...options,
      ...(account && { account: 'sesame:wrong' }),
    })
    const transport = openSmtpTransport(
      smtpSettings.parse({ host: '127.0.0.1', port, from: 'a@univ.example', caFile: ca, tls, ...account }),
    )
    try {
      const answer = await transport.send({ ...mail, to })
      return { answer, known: await transport.smtpUtf8(), received: server.received }
    } finally {
      await transport.close()
      await server.stop()
    }
  }

  it.each(['starttls', 'none'] as const)('gets its mail where the server takes it (%s)', async tls => {
    const { answer, known, received } = await sentTo(mail.to, { smtpUtf8: true, tls })
    expect([answer, known]).toEqual([{ ok: true }, true])
    expect(received.map(({ recipients }) => recipients)).toEqual([[mail.to]])
  })

  it.each(['starttls', 'none'] as const)(
    'is refused for good where the server does not take it, and nothing is sent (%s)',
    async tls => {
      const { answer, known, received } = await sentTo(mail.to, { smtpUtf8: false, tls })
      expect([answer, known]).toEqual([{ ok: false, reason: 'mail-refused' }, false])
      expect(received).toEqual([])
    },
  )

  it('waits while the server is down', async () => {
    const transport = openSmtpTransport(
      smtpSettings.parse({ host: '127.0.0.1', port, from: 'a@univ.example', tls: 'none' }),
    )
    expect(await transport.send(mail)).toEqual({ ok: false, reason: 'mail-unavailable' })
    expect(await transport.smtpUtf8()).toBe(null)
    await transport.close()
  })

  it('an accent behind the @ needs nothing of the server', async () => {
    const { answer, received } = await sentTo('rene@exämple.fr', { smtpUtf8: false, tls: 'none' })
    expect(answer).toEqual({ ok: true })
    expect(received.map(({ recipients }) => recipients)).toEqual([['rene@exämple.fr']])
  })
})

describe('the outage of a mail server is told by its cause', () => {
  it('when it is down, or its name is unknown', async () => {
    expect(await outageWith({})).toBe(
      `127.0.0.1:${port} refuses the connection: start it, or correct the address.`,
    )
    expect(await outageWith({ host: 'nowhere.invalid' })).toContain('has a name that')
  })

  it('when it offers no STARTTLS, which is not a refused connection', async () => {
    expect(await onServer('none', {})).toContain('offers no STARTTLS')
  })

  it('when it expects TLS at once, or does not', async () => {
    expect(await onServer('implicit', {})).toContain('sends no greeting: if this port expects TLS at once')
    expect(await onServer('none', { tls: 'implicit' })).toContain('does not speak TLS on this port')
  })

  it('when another authority signed its certificate', async () => {
    expect(await onServer('starttls', {})).toContain('an authority that is not known here')
  })

  it('when it refuses the account', async () => {
    const account = { caFile: ca, user: 'sesame', passwordFile: join(folder, 'password') }
    expect(await onServer('starttls', account)).toContain('refuses the account of the portal')
  })

  it('and there is none while it accepts the portal', async () => {
    expect(await onServer('starttls', { caFile: ca })).toBe(null)
  })
})
