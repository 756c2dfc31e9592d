import { hasDs389, startDs389 } from '../../../test/world/ds389.ts'
import { worldPeople } from '../../../test/world/people.ts'
import { hasSambaAd, startSambaAd } from '../../../test/world/samba-ad.ts'
import { hasSlapd, startSlapd } from '../../../test/world/slapd.ts'
import { newStore } from '../../../test/world/stores.ts'
import { embeddedEntryOf } from '../../demonstration/demonstration.ts'
import { demoPeople } from '../../demonstration/people.ts'
import { openActiveDirectoryAccounts } from '../../directory/active-directory/active-directory.ts'
import type { Directory } from '../../directory/directory.ts'
import { createEmbeddedDirectory, insertMissingEntries } from '../../directory/embedded/embedded.ts'
import { createEmbeddedPasswords } from '../../directory/embedded/passwords.ts'
import { openLdapDirectory } from '../../directory/ldap/ldap.ts'
import { openHashing } from '../../hashing/hashing.ts'
import { accountRef, type ServerFixture, serverContract, serviceContract } from '../contract.ts'
import { createBindCheck, createDirectoryWriter } from './directory-account.ts'

const mustRun = process.env.CI === 'true'

type Server = Omit<ServerFixture, 'writer' | 'check' | 'privileged'>

const fixtureOver = (server: Server, directory: Directory): ServerFixture => ({
  ...server,
  writer: createDirectoryWriter(directory),
  check: createBindCheck(directory),
  privileged: accountRef('admin'),
  stop: async () => {
    await directory.close()
    await server.stop()
  },
})

serverContract('accounts in OpenLDAP', mustRun || hasSlapd(), async () => {
  const slapd = await startSlapd({ people: worldPeople(0) })
  return fixtureOver(slapd, openLdapDirectory(slapd.settings()))
})

serverContract('accounts in 389 DS', mustRun || hasDs389(), async () => {
  const server = await startDs389(worldPeople(0))
  return fixtureOver(server, openLdapDirectory(server.settings()))
})

serverContract('accounts in Samba AD', mustRun || hasSambaAd(), async () => {
  const samba = await startSambaAd()
  return fixtureOver(samba, openActiveDirectoryAccounts(samba.accounts()))
})

serviceContract('accounts in the embedded directory', true, async () => {
  const { store, forget } = await newStore()
  const hashing = openHashing()
  const passwords = createEmbeddedPasswords(hashing)
  const admin = {
    ...embeddedEntryOf(demoPeople[0] as (typeof demoPeople)[number]),
    id: 'admin',
    login: 'admin',
  }
  await insertMissingEntries(
    store,
    [...demoPeople.map(embeddedEntryOf), { ...admin, numbers: {}, privileged: true }],
    passwords,
  )
  const directory = createEmbeddedDirectory({ store, passwords })
  return {
    writer: createDirectoryWriter(directory),
    check: createBindCheck(directory),
    privileged: accountRef('admin'),
    stop: async () => {
      await hashing.close()
      await forget()
    },
  }
})
