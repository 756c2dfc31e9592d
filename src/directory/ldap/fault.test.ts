import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer } from 'node:tls'
import { InvalidCredentialsError } from 'ldapts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createCertificateAuthority } from '../../../test/world/authority.ts'
import { worldPeople } from '../../../test/world/people.ts'
import { hasSlapd, type Slapd, startSlapd } from '../../../test/world/slapd.ts'
import { ldapFaultSentence } from './fault.ts'
import { openLdapDirectory } from './ldap.ts'
import { openPortalConnections } from './service.ts'
import type { LdapSettings } from './settings.ts'

const folder = mkdtempSync(join(tmpdir(), 'sesame-ldap-fault-'))
afterAll(() => rmSync(folder, { recursive: true }))

describe.runIf(process.env.CI === 'true' || hasSlapd())(
  'the outage of a directory is told by its cause',
  () => {
    let slapd: Slapd
    beforeAll(async () => {
      slapd = await startSlapd({ people: worldPeople(10) })
    })
    afterAll(() => slapd?.stop())

    const outageWith = async (changes: Partial<LdapSettings>) => {
      const directory = openLdapDirectory(slapd.settings(changes))
      const outage = await directory.outage()
      await directory.close()
      return outage
    }

    it('when the password of the portal is wrong, or its DN', async () => {
      const passwordFile = join(folder, 'password')
      writeFileSync(passwordFile, 'wrong\n')
      const refused =
        'refuses the account of the portal: correct bindDn, or the password in passwordFile (LDAP code 49).'
      expect(await outageWith({ passwordFile })).toBe(`${slapd.urls.ldaps} ${refused}`)
      expect(await outageWith({ bindDn: 'cn=nobody,dc=univ,dc=example' })).toContain(refused)
      expect(await outageWith({ bindDn: 'sesame' })).toContain('a DN that is not well formed')
    })

    it('when a base does not exist', async () => {
      const connections = openPortalConnections(slapd.settings())
      const fault = await connections
        .with(({ client }) => client.search('ou=nothing,dc=univ,dc=example', { scope: 'sub' }), {
          retry: false,
        })
        .catch(caught => caught)
      await connections.close()
      expect(ldapFaultSentence(fault)).toBe(
        'The directory has no such entry: correct the base of the population, or give the entry of the portal the right to see it (LDAP code 32).',
      )
    })

    it('when its port does not speak TLS', async () => {
      const url = slapd.urls.ldap.replace('ldap:', 'ldaps:')
      expect(await outageWith({ urls: [url] })).toContain('does not speak TLS on this port')
    })

    it('when its certificate has expired', async () => {
      createCertificateAuthority(folder)
      const at = (name: string) => join(folder, name)
      execFileSync(
        'openssl',
        ['x509', '-req', '-in', at('server.csr'), '-CA', at('ca.pem'), '-CAkey', at('ca.key')].concat([
          '-days',
          '-1',
          '-extfile',
          at('server.ext'),
          '-out',
          at('old.pem'),
        ]),
        { stdio: 'ignore' },
      )
      const server = createServer({ cert: readFileSync(at('old.pem')), key: readFileSync(at('server.key')) })
      server.on('tlsClientError', () => {})
      await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
      const { port } = server.address() as { port: number }
      const outage = await outageWith({ urls: [`ldaps://127.0.0.1:${port}`], caFile: at('ca.pem') })
      server.close()
      expect(outage).toContain('has a certificate that has expired: renew it')
    })
  },
)

it.each([
  ['8009030C: LdapErr: DSID-0C0904DC, comment: AcceptSecurityContext error, data 533, v1db1', 'is disabled'],
  [
    '8009030C: LdapErr: DSID-0C0904DC, comment: AcceptSecurityContext error, data 52e, v1db1',
    'refuses the account',
  ],
])('the code of Active Directory in « %s » is told in words', (message, words) => {
  expect(ldapFaultSentence(new InvalidCredentialsError(message))).toContain(words)
})
