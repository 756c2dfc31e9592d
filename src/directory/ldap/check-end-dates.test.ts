import { Attribute, Change } from 'ldapts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bases, suffix, worldPeople } from '../../../test/world/people.ts'
import { hasSlapd, type Slapd, startSlapd } from '../../../test/world/slapd.ts'
import { openLdapDirectory } from './ldap.ts'

describe.runIf(process.env.CI === 'true' || hasSlapd())('sesame check, on dates of end', () => {
  let slapd: Slapd
  beforeAll(async () => {
    const dates = `to dn.subtree="${suffix}" attrs=description by dn.exact="cn=portal,ou=services,${suffix}" read by * none`
    slapd = await startSlapd({ people: worldPeople(20), access: rules => [dates, ...rules] })
  })
  afterAll(() => slapd?.stop())
  const linesWith = async (written: string) => {
    await slapd.asRoot(client =>
      client.modify(
        `uid=clefevre,${bases.staff}`,
        new Change({
          operation: 'replace',
          modification: new Attribute({ type: 'description', values: [written] }),
        }),
      ),
    )
    const directory = openLdapDirectory(slapd.settings({ attributes: { endDates: ['description'] } }))
    const findings = await directory.check()
    await directory.close()
    return findings.filter(({ what }) => what.startsWith('end-date-form'))
  }

  it('names values that are no date, because they close nobody, without printing them', async () => {
    expect(await linesWith('31 août 2026')).toMatchObject([
      {
        level: 'warning',
        what: 'end-date-form staff',
        detail: expect.stringContaining('1 values of description are no date, such as « 99 août 9999 »'),
      },
    ])
  })

  it.each(['08/31/2026', '2026-13-45', '31/06/2026', '2026-02-30T00:00:00Z', '20261345000000Z'])(
    'names %s, a day that no calendar has',
    async written => {
      expect(await linesWith(written)).toMatchObject([{ level: 'warning', what: 'end-date-form staff' }])
    },
  )

  it.each(['20260831215959Z', '2026-08-31T23:59:59+02:00', '29/02/2028', '2026-08-31', '31/08/2026'])(
    '`end-date-form` is silent on %s, which its remedy proposes',
    async written => {
      expect(await linesWith(written)).toEqual([])
    },
  )
})
