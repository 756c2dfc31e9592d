import { hasSambaAd, startSambaAd } from '../../../test/world/samba-ad.ts'
import { accountDn } from '../../../test/world/samba-people.ts'
import { directoryContract } from '../contract.ts'
import { activeDirectory } from './active-directory.ts'

const available = process.env.CI === 'true' || hasSambaAd()

directoryContract('Samba as an Active Directory, over LDAPS', available, async () => {
  const samba = await startSambaAd()
  const directory = activeDirectory(samba.settings())
  return {
    directory,
    twinNumber: '777001',
    adminNumber: '777002',
    leaverNumber: '77700003',
    rename: (from, to) =>
      samba.asRoot(async client => {
        const dn = accountDn({ uid: from, population: 'student' })
        const { Attribute, Change } = await import('ldapts')
        const modification = new Attribute({ type: 'sAMAccountName', values: [to] })
        await client.modify(dn, new Change({ operation: 'replace', modification }))
        await client.modifyDN(dn, `CN=${to}`)
      }),
    stop: async () => {
      await directory.close()
      await samba.stop()
    },
  }
})
