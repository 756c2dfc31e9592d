import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hours } from '../../src/clock.ts'
import {
  type BrowserUser,
  demoPerson,
  hasChromium,
  launchChromium,
  openBrowserUser,
  overflows,
} from '../world/browser.ts'
import { movableClock } from '../world/clock.ts'
import { createCrowdVisitors } from '../world/crowd-visitors.ts'
import { enrolPasskey, optionsIn, printSheet, settleFactors } from '../world/factors.ts'
import { findPerson } from '../world/find-person.ts'
import { readJourneyRow } from '../world/journey-rows.ts'
import { unlimited, unlimitedJourneys } from '../world/limits.ts'
import { withPasskeys } from '../world/passkeys.ts'
import { available, type PortalFixture, startPortal } from '../world/portal.ts'
import { newVisitor, textOf, type Visitor } from '../world/visitor.ts'

const kinds = [
  { directory: 'embedded', store: 'SQLite' },
  { directory: 'slapd', store: 'PostgreSQL' },
] as const

const journeys = [
  { journey: 'password', start: '/fr/mot-de-passe', opened: '/fr/mot-de-passe/nouveau' },
  { journey: 'identifier', start: '/fr/identifiant', opened: '/fr/identifiant/termine' },
] as const
const choice = '/fr/mot-de-passe/preuve'
const newPassword = '/fr/mot-de-passe/nouveau'
type Member = PortalFixture['crowd'][number]
type Key = Awaited<ReturnType<typeof enrolPasskey>>

describe.each(kinds.filter(available))('a passkey as a proof, on $directory and $store', kind => {
  let fixture: PortalFixture
  const clock = movableClock()
  beforeAll(async () => {
    fixture = await startPortal({
      ...kind,
      clock,
      crowd: 60,
      people: 20,
      config: {
        limits: { ...unlimited, ...unlimitedJourneys },
        recovery: { preset: 'renforce', password: { external: [['joker', 'passkey']] } },
      },
    })
  })
  afterAll(() => fixture?.stop())
  const crowd = createCrowdVisitors(() => fixture)

  const withYoungPasskey = async () => {
    const member = crowd.nextMember()
    return { member, key: await enrolPasskey(await crowd.signedIn(member), fixture.url) }
  }
  const withPasskey = async () => {
    const made = await withYoungPasskey()
    await settleFactors(fixture, made.member.id)
    return made
  }
  const identified = async (
    { number, date }: Pick<Member, 'number' | 'date'>,
    start: string = '/fr/mot-de-passe',
  ) => {
    const visitor = newVisitor(fixture.url)
    await visitor.post(`${start}/identification/numero-personnel`, { numero: number, naissance: date })
    return visitor
  }
  const choose = (visitor: Visitor, laquelle: string, at: string = choice) => visitor.send(at, { laquelle })
  const asked = async (who: Pick<Member, 'number' | 'date'>) => {
    const visitor = await identified(who)
    expect((await choose(visitor, 'passkey')).location).toBe(choice)
    return visitor
  }
  const optionsOf = async (visitor: Visitor, at: string = choice) => optionsIn((await visitor.get(at)).html)
  const sign = async (visitor: Visitor, key: Key, at: string = choice) =>
    visitor.send(at, { cle: key.sign(await optionsOf(visitor, at)) })
  const rowOf = (visitor: Visitor) => readJourneyRow(fixture, visitor)
  const said = (html: string) => textOf(html.slice(html.indexOf('<main'))).replace(/\d\d:\d\d/g, '')
  /** Who is typed: with a passkey, without one, known with another date, and nobody. */
  const everybody = async () => {
    const { member } = await withPasskey()
    const none = crowd.nextMember()
    return [
      member,
      none,
      { number: none.number, date: '3/4/1981' },
      { number: '999999', date: none.date },
    ] as const
  }

  it.each(journeys)('opens a recovery of the $journey of its owner, alone', async ({ start, opened }) => {
    const { member, key } = await withPasskey()
    const visitor = await identified(member, start)
    const page = `${start}/preuve`
    await choose(visitor, 'passkey', page)
    expect((await sign(visitor, key, page)).location).toBe(opened)
    if (start !== '/fr/mot-de-passe') return
    expect((await visitor.choose('Tr0mbone&Cascade-3')).location).toMatch(/termine$/)
    expect((await fixture.application.directory.bind(member.id, 'Tr0mbone&Cascade-3')).ok).toBe(true)
  })

  it('is asked for in the same page and with the same options, whoever is typed', async () => {
    const seen = []
    for (const who of await everybody()) {
      const visitor = await asked(who)
      const { html } = await visitor.get(choice)
      const { challenge, ...options } = optionsIn(html)
      seen.push({ text: said(html), length: html.length, challenge: challenge.length, options })
    }
    for (const one of seen) expect(one).toEqual(seen[0])
    expect(seen[0]?.options).toEqual({ rpId: 'localhost', timeout: 60_000, userVerification: 'required' })
  })

  it('of somebody else is refused with the same words and rows, whoever is typed', async () => {
    const other = await withPasskey()
    const seen = []
    for (const who of await everybody()) {
      const visitor = await asked(who)
      const refused = await sign(visitor, other.key)
      seen.push({ status: refused.status, text: said(refused.html), row: await rowOf(visitor) })
    }
    for (const one of seen) expect(one).toEqual(seen[0])
    expect(seen[0]).toMatchObject({
      status: 422,
      row: { proved: '{}', person: null, state: { wrongCodes: 1 } },
    })
    const own = await asked(other.member)
    expect((await sign(own, other.key)).location).toBe(newPassword)
  })

  it('younger than a day is refused like that of somebody else, and proves from then on', async () => {
    const [{ member, key }, other] = [await withYoungPasskey(), await withPasskey()]
    const seen = []
    for (const one of [key, other.key]) {
      const visitor = await asked(member)
      const refused = await sign(visitor, one)
      seen.push({ status: refused.status, text: said(refused.html), row: await rowOf(visitor) })
    }
    expect(seen[0]).toEqual(seen[1])
    expect(seen[0]).toMatchObject({ status: 422, row: { proved: '{}', state: { wrongCodes: 1 } } })
    clock.forward(hours(24))
    expect((await sign(await asked(member), key)).location).toBe(newPassword)
  })

  it('younger than a day is accepted as the second factor at a sign-in', async () => {
    const { member, key } = await withYoungPasskey()
    const { visitor, location } = await crowd.signIn(member)
    const page = (location ?? '').replace('second-element', 'cle-d-acces')
    await visitor.post(page, {})
    const signed = key.sign(optionsIn((await visitor.get(page)).html))
    expect((await visitor.post(page, { cle: signed })).location).toBe('/fr/compte')
  })

  it('whose signature is not valid counts like a wrong code, whoever is typed', async () => {
    const { key } = await withPasskey()
    const seen = []
    for (const who of await everybody()) {
      const visitor = await asked(who)
      const refused = await visitor.send(choice, { cle: key.sign({ challenge: 'AAAA' }) })
      seen.push({ status: refused.status, text: said(refused.html), row: await rowOf(visitor) })
    }
    for (const one of seen) expect(one).toEqual(seen[0])
    expect(seen[0]).toMatchObject({ status: 422, row: { proved: '{}', state: { wrongCodes: 1 } } })
    const visitor = await asked((await withPasskey()).member)
    for (let turn = 0; turn < fixture.application.limits.pendingSignInTries; turn += 1) {
      await choose(visitor, 'passkey')
      await visitor.send(choice, { cle: key.sign({ challenge: 'AAAA' }) })
    }
    expect(textOf((await choose(visitor, 'passkey')).html)).toContain('essais ici')
  })

  it('is like a printed sheet, which proves nothing in its first day: the same words and rows as a wrong code', async () => {
    const member = crowd.nextMember()
    const [code = '', next = ''] = await printSheet(await crowd.signedIn(member))
    const seen = []
    for (const typed of [code, 'ABCD-EFGH-JKMN-PQRS']) {
      const visitor = await identified(member)
      await choose(visitor, 'recovery-code')
      const refused = await visitor.send(choice, { code: typed })
      seen.push({ status: refused.status, text: said(refused.html), row: await rowOf(visitor) })
    }
    expect(seen[0]).toEqual(seen[1])
    expect(seen[0]).toMatchObject({ status: 422, row: { proved: '{}', state: { wrongCodes: 1 } } })
    clock.forward(hours(24))
    const later = await identified(member)
    await choose(later, 'recovery-code')
    expect((await later.send(choice, { code: next })).location).toBe(newPassword)
    const again = await identified(member)
    await choose(again, 'recovery-code')
    expect((await again.send(choice, { code })).location).toBe(newPassword)
  })

  it('says on its page, and on that of the sheet, from when on it recovers', async () => {
    const owner = await crowd.signedIn(crowd.nextMember())
    for (const page of ['cles-d-acces', 'codes-de-secours'])
      expect(textOf((await owner.get(`/fr/compte/${page}`)).html), page).toMatch(
        /permet(tent)? aussi de récupérer votre compte, 24.heures après/,
      )
  })

  it('answers the challenge of its own journey alone, once', async () => {
    const { member, key } = await withPasskey()
    const [one, other] = [await asked(member), await asked(member)]
    const foreign = key.sign(await optionsOf(other))
    expect((await one.send(choice, { cle: foreign })).status).toBe(422)
    expect((await rowOf(one)).proved).toBe('{}')
    await choose(one, 'passkey')
    const signed = key.sign(await optionsOf(one))
    expect((await one.send(choice, { cle: signed })).location).toBe(newPassword)
    const again = await asked(member)
    expect((await again.send(choice, { cle: signed })).status).toBe(422)
    expect((await rowOf(again)).proved).toBe('{}')
  })

  it('must verify a finger, a face or a PIN, for this site', async () => {
    const { member, key } = await withPasskey()
    for (const fault of [{ unverified: true }, { origin: 'https://sesame.example' }]) {
      const visitor = await asked(member)
      const signed = key.sign(await optionsOf(visitor), fault)
      expect((await visitor.send(choice, { cle: signed })).status).toBe(422)
      expect((await rowOf(visitor)).proved).toBe('{}')
    }
  })

  it('proves nothing by being chosen, left, chosen again, or answered with nothing that a passkey signs', async () => {
    const { member } = await withPasskey()
    const visitor = await identified(member)
    for (const laquelle of ['passkey', 'recovery-code', 'passkey', 'passkey']) {
      await choose(visitor, laquelle)
      expect((await visitor.get(newPassword)).location).toBe(choice)
    }
    for (const cle of ['', '{}', 'null', '"a"'])
      expect((await visitor.send(choice, { cle })).status).toBe(422)
    expect(await rowOf(visitor)).toMatchObject({ proved: '{}', person: null })
  })

  it('is judged only where its page was chosen, and as often as a printed code', async () => {
    const [{ member, key }, other] = [await withPasskey(), await withPasskey()]
    const visitor = await asked(member)
    const signed = key.sign(await optionsOf(visitor))
    await choose(visitor, 'recovery-code')
    expect((await visitor.send(choice, { cle: signed })).status).toBe(422)
    expect((await rowOf(visitor)).proved).toBe('{}')
    for (let turn = 0; turn < fixture.application.limits.pendingSignInTries; turn += 1) {
      await choose(visitor, 'passkey')
      expect((await sign(visitor, other.key)).status).toBe(422)
    }
    expect(textOf((await choose(visitor, 'passkey')).html)).toContain('essais ici')
  })

  it('of a frozen person is refused like that of somebody else, and works again after', async () => {
    const [{ member, key }, other] = [await withPasskey(), await withPasskey()]
    const { helpdesk } = fixture.application
    await helpdesk.freeze(member.id, { by: 'desk', reason: 'test' })
    expect(await helpdesk.isWrittenSoon(member.id)).toBe(true)
    const seen = []
    for (const one of [key, other.key]) {
      const visitor = await asked(member)
      const refused = await sign(visitor, one)
      seen.push({ status: refused.status, text: said(refused.html), row: await rowOf(visitor) })
    }
    expect(seen[1]).toEqual(seen[0])
    await helpdesk.unfreeze(member.id, { by: 'desk', reason: 'test', decided: 'keep' })
    expect((await sign(await asked(member), key)).location).toBe(newPassword)
  })

  it('opens one journey of two that answer at once, and none once it was removed', async () => {
    const { member, key } = await withPasskey()
    const visitor = await asked(member)
    const { html } = await visitor.get(choice)
    const form = { demarche: visitor.refIn(html), cle: key.sign(optionsIn(html)) }
    const answers = await Promise.all([visitor.post(choice, form), visitor.post(choice, form)])
    expect(answers.filter(({ location }) => location === newPassword).length).toBeGreaterThan(0)
    expect(answers.every(({ status }) => status < 500)).toBe(true)
    const late = await asked(member)
    const signed = key.sign(await optionsOf(late))
    const { application } = fixture
    await application.store.transaction(tx => application.proofs.passkeys.clear(tx, member.id))
    expect((await late.send(choice, { cle: signed })).status).toBe(422)
  })

  it('says without scripts that it needs them, and offers the other ways', async () => {
    const member = crowd.nextMember()
    const visitor = await asked(member)
    const { html } = await visitor.get(choice)
    expect(textOf(html)).toContain('où JavaScript est permis')
    expect([...html.matchAll(/name="laquelle" value="([^"]+)"/g)].map(([, way]) => way)).toEqual([
      'mail-code',
      'helpdesk-code',
      'recovery-code',
    ])
    const [code = ''] = await printSheet(await crowd.signedIn(member))
    await settleFactors(fixture, member.id)
    await choose(visitor, 'recovery-code')
    expect((await visitor.send(choice, { code })).location).toBe(newPassword)
  })
})

describe.skipIf(!hasChromium() && process.env.CI !== 'true')(
  'a passkey as a proof, in a browser',
  { timeout: 300_000 },
  () => {
    let fixture: PortalFixture
    let browser: Browser
    let base: string
    beforeAll(async () => {
      const recovery = { password: { external: ['passkey', 'helpdesk-code'] } }
      fixture = await startPortal({
        ...{ directory: 'embedded', store: 'SQLite' },
        config: { limits: unlimited, recovery },
      })
      base = fixture.url.replace('127.0.0.1', 'localhost')
      browser = await launchChromium()
    })
    afterAll(async () => {
      await browser?.close()
      await fixture?.stop()
    })

    const press = async ({ page }: BrowserUser, name: string) => {
      const loaded = page.waitForEvent('domcontentloaded')
      await page.getByRole('button', { name, exact: true }).first().click()
      await loaded
    }
    const isFine = async (person: BrowserUser) => {
      expect(await overflows(person.page), person.path()).toBe(false)
      expect(await person.axeFaults(), person.path()).toEqual([])
      expect(person.faults).toEqual([])
    }

    it('is chosen, signs, and leads to a new password, at 320 px', async () => {
      const person = await openBrowserUser(browser, base, { viewport: { width: 320, height: 640 } })
      await withPasskeys(person)
      await person.open('/fr/connexion/vers/cles-d-acces')
      await person.page.locator('#identifiant').fill('odubois')
      await person.page.locator('#motdepasse').fill(demoPerson('odubois').password ?? '')
      await press(person, 'Se connecter')
      await press(person, 'Ajouter une clé d’accès')
      const made = person.page.waitForURL(/essai$/)
      await person.page.getByRole('button', { name: /Créer la clé/ }).click()
      await made
      const tried = person.page.waitForURL(/cles-d-acces$/)
      await person.page.getByRole('button', { name: /Utiliser ma clé/ }).click()
      await tried

      await person.identify('odubois', 'uid')
      await isFine(person)
      await settleFactors(fixture, (await findPerson(fixture.application, 'odubois')).id)
      await press(person, 'Utiliser ma clé d’accès')
      await isFine(person)
      const proved = person.page.waitForURL(/mot-de-passe\/nouveau$/)
      await person.page.getByRole('button', { name: /Utiliser ma clé/ }).click()
      await proved
      await person.choose('Tr0mbone&Cascade-3')
      expect(person.path()).toMatch(/termine$/)
      await person.leave()
    })

    it('says without scripts what it needs, and that there is another way', async () => {
      const person = await openBrowserUser(browser, base, { javaScriptEnabled: false })
      await person.identify('odubois', 'uid')
      await press(person, 'Utiliser ma clé d’accès')
      expect(await person.text()).toContain('où JavaScript est permis')
      await isFine(person)
      await press(person, 'Taper un code remis par l’assistance')
      expect(await person.heading()).toContain('remis par l')
      await person.leave()
    })
  },
)
