import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type BrowserUser,
  demoPerson,
  hasChromium,
  launchChromium,
  openBrowserUser,
} from '../world/browser.ts'
import { type Campus, hasCampus, startCampus } from '../world/campus.ts'
import { binds, logsInToCas, logsInToEduroam } from '../world/logins.ts'
import { dnOf } from '../world/people.ts'

const available = process.env.CI === 'true' || (hasCampus() && hasChromium())

const before = demoPerson('clefevre').password ?? ''
const after = 'Tr0mbone&Cascade-3'

describe.runIf(available)('the new password opens what the guide says it opens', () => {
  let campus: Campus
  let browser: Browser
  let camille: BrowserUser

  const openings = [
    [
      'an application behind CAS, by a complete login to LemonLDAP::NG',
      (password: string) => logsInToCas(campus.lemonldap, 'clefevre', password),
    ],
    ['eduroam, by eapol_test', (password: string) => logsInToEduroam(campus.radius, 'clefevre', password)],
    [
      'the telephony, by a bind over LDAPS on the Active Directory',
      (password: string) => binds(campus.samba, 'clefevre@ad.univ.example', password),
    ],
    [
      'what binds to OpenLDAP',
      (password: string) =>
        binds(
          { url: campus.slapd.urls.ldaps, caFile: campus.slapd.caFile },
          dnOf({ uid: 'clefevre', population: 'staff' }),
          password,
        ),
    ],
  ] as const

  beforeAll(async () => {
    campus = await startCampus()
    browser = await launchChromium()
    camille = await openBrowserUser(browser, campus.url)
  }, 240_000)
  afterAll(async () => {
    await browser?.close()
    await campus?.stop()
  })

  it.each(openings)('before, the old one opens %s, and the new one does not', async (_, opens) => {
    expect([await opens(before), await opens(after)]).toEqual([true, false])
  })

  it('the guide’s journey ends with a receipt of four ✓', async () => {
    await camille.open('/connexion')
    await camille.follow('Mot de passe oublié ?')
    await camille.follow(/^Récupérer mon mot de passe/)
    await camille.page.getByRole('heading', { name: 'Numéro personnel', exact: true }).click()
    await camille.page.locator('#numero').fill('204518')
    await camille.page.locator('#naissance').fill('14/07/1985')
    await camille.submit()
    await camille.answer('Félix')
    await camille.choose(after)
    await expect
      .poll(async () => (await camille.text()).match(/Prouvé à \d\d:\d\d:\d\d/g)?.length, { timeout: 60_000 })
      .toBe(4)
    expect(await camille.axeFaults()).toEqual([])
    expect(camille.faults).toEqual([])
  }, 90_000)

  it.each(openings)('after, the new one opens %s, and the old one does not', async (_, opens) => {
    expect([await opens(after), await opens(before)]).toEqual([true, false])
  })

  it('the mail of confirmation has left, without the password', async () => {
    await expect.poll(() => campus.mail.received.length).toBeGreaterThan(0)
    const mails = campus.mail.received.map(({ text, html }) => `${text}${html}`).join('')
    expect(mails).not.toContain(after)
  })
})
