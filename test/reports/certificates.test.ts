import { readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openLdapDirectory } from '../../src/directory/ldap/ldap.ts'
import { createHttpClient } from '../../src/http-client/http-client.ts'
import { openSmtpTransport, smtpSettings } from '../../src/notify/smtp.ts'
import { createCertificateAuthority, createIssuingAuthority } from '../world/authority.ts'
import { startMailServer } from '../world/mail-server.ts'
import { worldPeople } from '../world/people.ts'
import { freePort } from '../world/ports.ts'
import { scratchFolder } from '../world/scratch.ts'
import { hasSlapd, startSlapd } from '../world/slapd.ts'

/** Institutions name the authority that issued the certificates; the root above it is elsewhere, or nowhere. */
describe('a caFile that holds the issuing authority alone is enough (nodejs/node#36453, opnsense/core#3742)', () => {
  const folder = scratchFolder('sesame-issuing-')
  const issuing = join(folder, 'issuing.pem')
  beforeAll(() => {
    createCertificateAuthority(folder)
    createIssuingAuthority(folder)
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it.runIf(process.env.CI === 'true' || hasSlapd())('for the directory', async () => {
    const slapd = await startSlapd({ people: worldPeople(20) })
    const own = dirname(slapd.caFile)
    await slapd.kill()
    createIssuingAuthority(own)
    await slapd.start()
    const outageWith = async (changes: Parameters<typeof slapd.settings>[0]) => {
      const directory = openLdapDirectory(slapd.settings(changes))
      const outage = await directory.outage()
      await directory.close()
      return outage
    }
    expect(await outageWith({ caFile: join(own, 'issuing.pem') })).toBeNull()
    expect(
      await outageWith({ caFile: join(own, 'issuing.pem'), urls: [slapd.urls.ldap], startTls: true }),
    ).toBeNull()
    // Another authority is still another one.
    expect(await outageWith({ caFile: issuing })).toContain('an authority that is not known here')
    await slapd.stop()
  })

  it('for the mail server', async () => {
    const port = await freePort()
    const server = await startMailServer({ port, tls: 'starttls', folder })
    const transport = openSmtpTransport(
      smtpSettings.parse({ host: '127.0.0.1', port, from: 'a@univ.example', caFile: issuing }),
    )
    expect(await transport.outage()).toBeNull()
    await transport.close()
    await server.stop()
  })

  it('for the other servers, over HTTPS', async () => {
    const key = readFileSync(join(folder, 'server.key'))
    const server = createServer({ key, cert: readFileSync(join(folder, 'server.pem')) }, (_, response) =>
      response.end('ok'),
    )
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    const url = new URL(`https://localhost:${(server.address() as AddressInfo).port}/`)
    const send = createHttpClient(issuing)
    expect(await send(url, { signal: AbortSignal.timeout(5000) })).toMatchObject({ status: 200, body: 'ok' })
    await new Promise(resolve => server.close(resolve))
  })
})
