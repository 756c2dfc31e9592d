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
