import { openLdapEntries } from '../../src/directory/ldap/entries.ts'
import { openLdapDirectory } from '../../src/directory/ldap/ldap.ts'
import { createCasLoginCheck } from '../../src/services/cas-login/cas-login.ts'
import { casLoginSettings } from '../../src/services/cas-login/settings.ts'
import { accountRef, type ServerFixture, serverContract } from '../../src/services/contract.ts'
import { createDirectoryWriter } from '../../src/services/directory-account/directory-account.ts'
import { createEapCheck } from '../../src/services/eap/eap.ts'
import { eapSettings } from '../../src/services/eap/settings.ts'
import { createSambaWriter } from '../../src/services/samba/samba.ts'
import { sambaSettings } from '../../src/services/samba/settings.ts'
import { hasLemonLdap, startLemonLdap } from '../world/lemonldap.ts'
import { worldPeople } from '../world/people.ts'
import { hasRadius, startRadius } from '../world/radius.ts'
import { hasSlapd, startSlapd } from '../world/slapd.ts'

const mustRun = process.env.CI === 'true'

type Server = {
  readonly pause: () => unknown
  readonly resume: () => unknown
  readonly kill: () => Promise<void>
  readonly start: () => Promise<unknown>
  readonly stop: () => Promise<unknown>
}

/** The directory and the services that read it fail and recover together, one before the other. */
const both = (first: Server, second: Server): Omit<ServerFixture, 'writer' | 'check' | 'privileged'> => ({
  pause: () => [first, second].map(server => server.pause()),
  resume: () => [first, second].map(server => server.resume()),
  kill: async () => {
    await Promise.all([first.kill(), second.kill()])
  },
  start: async () => {
    await first.start()
    await second.start()
  },
  stop: async () => {
    await second.stop()
    await first.stop()
  },
})

serverContract(
  'eduroam: the NT hash in OpenLDAP, read by FreeRADIUS',
  mustRun || (hasSlapd() && hasRadius()),
  async () => {
    const slapd = await startSlapd({ people: worldPeople(0) })
    const radius = await startRadius(slapd)
    const { server, port, secretFile, caFile, realm } = radius
    // The contract names people by login, which is also the stable id here.
    const { attributes } = slapd.settings()
    const entries = openLdapEntries(slapd.settings({ attributes: { ...attributes, id: 'uid' } }))
    return {
      ...both(slapd, radius),
      writer: createSambaWriter(sambaSettings.parse({ timeout: 3000 }), entries),
      check: createEapCheck(
        eapSettings.parse({
          server,
          port,
          secretFile,
          caFile,
          realm,
          serverName: 'localhost',
          timeout: 4000,
        }),
      ),
      privileged: accountRef('admin'),
    }
  },
)

serverContract('CAS: OpenLDAP behind LemonLDAP::NG', mustRun || (hasSlapd() && hasLemonLdap()), async () => {
  const slapd = await startSlapd({ people: worldPeople(0) })
  const llng = await startLemonLdap(slapd)
  const { casUrl, caFile } = llng
  return {
    ...both(slapd, llng),
    writer: createDirectoryWriter(openLdapDirectory(slapd.settings())),
    check: createCasLoginCheck(
      casLoginSettings.parse({ casUrl, caFile, service: 'https://sesame.univ.example/', timeout: 4000 }),
    ),
    privileged: accountRef('admin'),
  }
})
