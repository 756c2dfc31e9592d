import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasSambaAd, type SambaAd, startSambaAd } from '../../../test/world/samba-ad.ts'
import { openActiveDirectory } from './active-directory.ts'

describe.runIf(process.env.CI === 'true' || hasSambaAd())(
  'sesame check, where passwords of a domain expire',
  () => {
    let samba: SambaAd
    beforeAll(async () => {
      samba = await startSambaAd()
    }, 180_000)
    afterAll(() => samba?.stop())
    const expiryLine = async () => {
      const directory = openActiveDirectory(samba.settings())
      const findings = await directory.check()
      await directory.close()
      return findings.find(({ what }) => what === 'domain-expiry')
    }
    /** pwdLastSet, in the people below each organisational unit. */
    const right = (kind: 'OD' | 'OA') =>
      `(${kind};CIIO;RP;bf967a0a-0de6-11d0-a285-00aa003049e2;bf967aba-0de6-11d0-a285-00aa003049e2;PORTAL)`

    it('says that the portal knows when, with the rights that each account of a domain has', async () => {
      expect(await expiryLine()).toMatchObject({
        level: 'good',
        detail: expect.stringMatching(/knows of [1-9]/),
      })
    })

    it('warns while it is denied to read when a password was set, and its remedy lets it know', async () => {
      samba.addRights(right('OD'))
      expect(await expiryLine()).toMatchObject({
        level: 'warning',
        detail: expect.stringMatching(/of 0 people looked at.*Let .*read pwdLastSet/),
      })
      samba.addRights(right('OA'))
      expect(await expiryLine()).toMatchObject({ level: 'good' })
    })
  },
)
