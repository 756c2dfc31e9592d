import { Attribute, Change } from 'ldapts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { days, hours, minutes } from '../../src/clock.ts'
import { forgetByAge } from '../../src/retention.ts'
import { movableClock } from '../world/clock.ts'
import { enrolApp, wrongDigits } from '../world/factors.ts'
import { unlimited } from '../world/limits.ts'
import { bases, suffix } from '../world/people.ts'
import { available, type PortalFixture, type PortalFixtureOptions, startPortal } from '../world/portal.ts'
import { newVisitor, textOf } from '../world/visitor.ts'

/** Strangers in other networks use up the limits of a person; then the owner acts. */

const open = (options: PortalFixtureOptions, limits: Readonly<Record<string, number>> = {}) =>
  startPortal({ ...options, config: { trustedProxies: ['127.0.0.1'], limits: { ...unlimited, ...limits } } })

/** A browser in a separate network. */
const from = (fixture: PortalFixture, network: number) =>
  newVisitor(fixture.url, { 'x-forwarded-for': `198.${51 + Math.floor(network / 250)}.${network % 250}.7` })

type Browser = ReturnType<typeof from>
const home = 200

const expired = (visitor: Browser, identifiant: string, ancien: string, nouveau = 'Tr0mbone&Cascade-3') =>
  visitor.post('/fr/connexion/mot-de-passe-expire', {
    identifiant,
    ancien,
    nouveau,
    confirmation: nouveau,
    charte: 'oui',
  })
const change = (visitor: Browser, ancien: string, nouveau: string) =>
  visitor.post('/fr/compte/mot-de-passe', { ancien, nouveau, confirmation: nouveau, charte: 'oui' })
const confirm = (visitor: Browser, motdepasse: string) =>
  visitor.post('/fr/connexion/confirmer/adresses', { motdepasse })

const strangers = (
  fixture: PortalFixture,
  count: number,
  act: (visitor: Browser, index: number) => Promise<unknown>,
) => Promise.all(Array.from({ length: count }, (_, index) => act(from(fixture, index), index)))

const signedIn = async (fixture: PortalFixture, login: string, password: string, network = home) => {
  const visitor = from(fixture, network)
  expect((await visitor.signIn(login, password)).location).toBe('/fr/compte')
  return visitor
}
/** The same known browser, signed out. */
const knownOnly = (visitor: Browser) => {
  visitor.cookies.delete('__Host-session')
  expect([...visitor.cookies.keys()]).toContain('__Host-known')
  return visitor
}

const stores = ['SQLite', 'PostgreSQL'] as const

describe.each(stores.map(store => ({ directory: 'embedded', store }) as const).filter(available))(
  'a stranger cannot lock out the owner, on $store',
  kind => {
    let fixture: PortalFixture
    /** What was waited for before answers: not really, where it is longer than a test may last. */
    const waits: number[] = []
    const movable = movableClock()
    const clock = {
      ...movable,
      sleep: (milliseconds: number) => {
        waits.push(milliseconds)
        return movable.sleep(Math.min(milliseconds, 1000))
      },
    }
    beforeAll(async () => {
      fixture = await open({ ...kind, clock, crowd: 4 })
    })
    afterAll(() => fixture?.stop())

    /** How many were counted of this limit, of whoever has the most. */
    const mostCounted = async (name: string) => {
      const rows = await fixture.application.store.read
        .selectFrom('counters')
        .select(eb => eb.fn.sum<number>('count').as('total'))
        .where('name', '=', name)
        .groupBy('key')
        .execute()
      return Math.max(0, ...rows.map(({ total }) => Number(total)))
    }

    const camille = ['clefevre', 'Bienvenue!2026c'] as const

    it('by posting the form of an expired password: the signed-in owner can still change their password', async () => {
      const owner = await signedIn(fixture, 'ybenali', 'Bienvenue!2026y')
      await strangers(fixture, 24, (visitor, index) => expired(visitor, 'ybenali', `Faux-${index}`))
      await strangers(fixture, 24, visitor => expired(visitor, 'ybenali', 'Faux', 'court'))
      const answer = await change(owner, 'Bienvenue!2026y', 'Marmite+Violon-8')
      expect(answer.location).toMatch(/^\/fr\/compte\/mot-de-passe\/[\w-]{22}$/)
    })

    it('by wrong passwords: the owner signs in from a known browser and confirms in a session', async () => {
      const known = knownOnly(await signedIn(fixture, ...camille))
      const session = await signedIn(fixture, ...camille, home + 1)
      await strangers(fixture, 30, (visitor, index) => visitor.signIn('clefevre', `Faux-${index}`))
      expect((await from(fixture, 99).signIn(...camille)).status).toBe(429)
      expect((await known.signIn(...camille)).location).toBe('/fr/compte')
      clock.forward(minutes(11))
      expect((await confirm(session, camille[1])).location).toBe('/fr/compte/adresses')
    })

    it('and a new browser is shown until when to wait, and the other ways to sign in', async () => {
      const refused = await from(fixture, 98).signIn(...camille)
      if (refused.status !== 429) throw new Error('the window is over: the test before filled it')
      const text = textOf(refused.html)
      expect(text).toMatch(/n'est plus vérifié ici jusqu'au \d+(?:er)?\s\p{L}+\s\d{4}\sà \d\d:\d\d/u)
      expect(refused.html).toContain('href="/fr/identifiants-oublies"')
      expect(refused.html).toContain('action="/fr/connexion/cle-d-acces/compte"')
      const english = await from(fixture, 97).signIn(...camille, '/en/connexion')
      expect(textOf(english.html)).toMatch(/Passwords are not checked here until \d+ \w+ \d{4} at \d\d:\d\d/)
    })

    it('and two mistakes of the owner block none of their browsers: a right password works after them', async () => {
      clock.forward(minutes(30))
      const known = knownOnly(await signedIn(fixture, ...camille))
      for (let tried = 0; tried < 3; tried += 1)
        expect((await known.signIn('clefevre', `Faute-${tried}`)).status).toBe(422)
      expect((await known.signIn(...camille)).location).toBe('/fr/compte')
    })

    it('strangers cannot see the mistakes of the owner: a login is blocked for them like an unknown one', async () => {
      const seenOf = async (seenLogin: string, network: number) => {
        const statuses: number[] = []
        for (let tried = 0; tried < 7; tried += 1)
          statuses.push((await from(fixture, network + tried).signIn(seenLogin, `Faux-${tried}`)).status)
        return statuses
      }
      clock.forward(minutes(30))
      const [login, password] = ['odubois', 'Bienvenue!2026o']
      const known = knownOnly(await signedIn(fixture, login, password))
      for (let tried = 0; tried < 4; tried += 1) await known.signIn(login, `Faute-${tried}`)
      expect(await seenOf(login, 20)).toEqual(await seenOf('personne-ici', 40))
      clock.forward(minutes(30))
      expect((await known.signIn(login, password)).location).toBe('/fr/compte')
    })

    it('nor does another spelling of a login reveal that it exists', async () => {
      const seenOf = async (login: string, other: string, network: number) => {
        const statuses: number[] = []
        for (let tried = 0; tried < 6; tried += 1) {
          const typed = tried < 5 ? login : other
          statuses.push((await from(fixture, network + tried).signIn(typed, `Faux-${tried}`)).status)
        }
        return statuses
      }
      for (const [plain, odd] of [
        ['o', 'ｏ'],
        ['i', 'İ'],
        ['u', '\u200bu'],
      ] as const) {
        clock.forward(minutes(30))
        const spelt = (login: string) => [login, login.replace(plain, odd)] as const
        expect(await seenOf(...spelt('odubois'), 120), odd).toEqual(await seenOf(...spelt('odubuis'), 140))
      }
    })

    it('by wrong jokers: a browser that signed in has tries of its own', async () => {
      const known = knownOnly(await signedIn(fixture, 'tpetit', 'Bienvenue!2026t'))
      for (let tried = 0; tried < 6; tried += 1) {
        const visitor = from(fixture, tried)
        await visitor.identify('numero-personnel', '175230', '30/09/1990')
        await visitor.answer(`faux ${tried}`)
      }
      await known.identify('numero-personnel', '175230', '30/09/1990')
      expect((await known.answer('Madame Girard')).location).toBe('/fr/mot-de-passe/nouveau')
    })

    it('by wrong codes of an app, even with the right password', async () => {
      const owner = await signedIn(fixture, 'nhaddad', 'Bienvenue!2026n')
      const { app } = await enrolApp(owner, clock.now)
      clock.forward(minutes(2))
      const factor = '/fr/connexion/second-element/compte'
      const known = knownOnly(owner)
      for (let tried = 0; tried < 7; tried += 1) {
        const visitor = from(fixture, tried)
        await visitor.signIn('nhaddad', 'Bienvenue!2026n')
        await visitor.post(factor, { code: '000000' })
      }
      const elsewhere = from(fixture, 50)
      await elsewhere.signIn('nhaddad', 'Bienvenue!2026n')
      expect((await elsewhere.post(factor, { code: app(clock.now()) })).status).toBe(422)
      await known.signIn('nhaddad', 'Bienvenue!2026n')
      expect((await known.post(factor, { code: app(clock.now()) })).location).toBe('/fr/compte')
    })

    it('by so many wrong codes of an app that none is accepted any more that day', async () => {
      const { factorTries, factorTriesPerDay, factorWindow } = fixture.application.limits
      const [login, password] = [fixture.crowd[0]?.login ?? '', fixture.crowd[0]?.initialPassword ?? '']
      const [known, session] = [from(fixture, home), await signedIn(fixture, login, password, home + 1)]
      const { app } = await enrolApp(session, clock.now)
      clock.forward(minutes(2))
      const factor = '/fr/connexion/second-element/compte'
      const typeFactor = async (visitor: Browser, typed: string) => {
        await visitor.signIn(login, password)
        return visitor.post(factor, { code: typed })
      }
      expect((await typeFactor(known, app(clock.now()))).location).toBe('/fr/compte')
      for (let network = 0; network < factorTriesPerDay; network += 1) {
        expect((await typeFactor(from(fixture, network), wrongDigits(app, clock.now()))).status).toBe(422)
        if ((network + 1) % factorTries > 0) continue
        clock.forward(factorWindow + minutes(5))
        expect((await session.get('/fr/compte/sessions')).status).toBe(200)
      }
      expect(await mostCounted('factor-day')).toBe(factorTriesPerDay)
      const elsewhere = await typeFactor(from(fixture, 50), app(clock.now()))
      expect(textOf(elsewhere.html)).toContain("Il y a eu trop d'essais avec l'application")
      expect((await typeFactor(knownOnly(known), app(clock.now()))).location).toBe('/fr/compte')
      clock.forward(minutes(2))
      expect((await confirm(session, password)).location).toBe('/fr/connexion/second-element/adresses')
      const code = app(clock.now())
      const confirmed = await session.post('/fr/connexion/second-element/adresses', { code })
      expect(confirmed.location).toBe('/fr/compte/adresses')
    })

    it('by typing their number: the answer comes a few seconds later, and the owner goes on', async () => {
      const { identificationPerNumber, identificationMaxDelay, identificationFloor } =
        fixture.application.limits
      /** The longest wait before the answer. */
      const identified = async (visitor: Browser, number: string) => {
        const since = waits.length
        const { location } = await visitor.identify('numero-personnel', number, '14/07/1985')
        expect(location).toBe('/fr/mot-de-passe/question-joker')
        return Math.max(...waits.slice(since))
      }
      const numbers = { known: '204518', unknown: '204519' }
      for (const number of Object.values(numbers))
        await strangers(fixture, 3 * identificationPerNumber, visitor => identified(visitor, number))
      expect(await mostCounted('number')).toBe(3 * identificationPerNumber)
      const owner = from(fixture, home)
      const waited = await identified(owner, numbers.known)
      expect(waited).toBeGreaterThanOrEqual(identificationMaxDelay)
      expect(waited).toBeLessThanOrEqual(identificationMaxDelay + identificationFloor)
      expect(await identified(from(fixture, home), numbers.unknown)).toBe(waited)
      // The journey in the browser of the owner goes on.
      expect((await owner.answer('Félix')).location).toBe('/fr/mot-de-passe/nouveau')
    })

    it('by wrong activation codes', async () => {
      const at = (page: string) => `/fr/activation/${page}`
      const type = async (visitor: Browser, code: string) => {
        await visitor.post(at('identification/numero-etudiant'), {
          numero: '22609431',
          naissance: '29/02/2008',
        })
        const demarche = visitor.refIn((await visitor.get(at('code'))).html)
        return visitor.post(at('code'), { code, demarche })
      }
      await strangers(fixture, 12, visitor => type(visitor, 'AAAA-BBBB-CCCC-DDDD'))
      const right = await type(from(fixture, home), 'DEMA-RRER-SESA-ME26')
      expect(right.location).toBe(at('mot-de-passe'))
    })

    it('not even by filling the network of the owner: a known browser can still sign in', async () => {
      const narrow = await open(kind, { signInPerNetwork: 5 })
      try {
        const owner = knownOnly(await signedIn(narrow, ...camille))
        for (let tried = 0; tried < 8; tried += 1) await from(narrow, home).signIn(`inconnu-${tried}`, 'Faux')
        expect((await from(narrow, home).signIn(...camille)).status).toBe(429)
        expect((await owner.signIn(...camille)).location).toBe('/fr/compte')
      } finally {
        await narrow.stop()
      }
    })
  },
)

describe.each(stores.map(store => ({ directory: 'embedded', store }) as const).filter(available))(
  'past the budget, on $store',
  kind => {
    let fixture: PortalFixture
    const clock = movableClock()
    beforeAll(async () => {
      fixture = await open({ ...kind, clock }, { failedNamesPerNetwork: 12, failedBindsInARow: 12 })
    })
    afterAll(() => fixture?.stop())

    const rows = () =>
      fixture.application.store.read
        .selectFrom('password_failures')
        .select(['counted', 'in_a_row', 'pending', 'requester', 'forgotten_after'])
        .orderBy('name')
        .execute()
    const events = async () =>
      (await fixture.application.store.read.selectFrom('audit_events').select('sequence').execute()).length

    const forms = {
      'the sign-in': (login: string, password: string, network: number) =>
        from(fixture, network).signIn(login, password),
      'the form of an expired password': (login: string, password: string, network: number) =>
        expired(from(fixture, network), login, password),
    }

    it.each(Object.keys(forms) as (keyof typeof forms)[])(
      '%s answers the same whatever was typed, leaves nothing behind, and asks the directory nothing',
      async form => {
        const [known, unknown] = ['ybenali', 'zbenali']
        for (const login of [known, unknown])
          for (let tried = 0; tried < 6; tried += 1) await from(fixture, tried).signIn(login, `Faux-${tried}`)
        const before = [await rows(), await events()]
        const bodies = new Set<string>()
        for (const login of [known, unknown])
          for (const password of ['Bienvenue!2026y', 'Faux-Passage-1'])
            for (const network of [40, 41]) {
              const { status, html, headers } = await forms[form](login, password, network)
              expect(headers.getSetCookie()).toEqual([])
              bodies.add(`${status} ${html.replaceAll(login, 'LOGIN').replace(/\d\d:\d\d/g, 'HOUR')}`)
            }
        expect([...bodies]).toHaveLength(1)
        expect([...bodies][0]).toContain("n'est plus vérifié ici".replace("'", '’'))
        expect([await rows(), await events()]).toEqual(before)
      },
    )

    it('wrong passwords of known and unknown logins leave the same rows', async () => {
      const left = async (login: string) => {
        await fixture.application.store.transaction(tx => tx.deleteFrom('password_failures').execute())
        for (let tried = 0; tried < 3; tried += 1) await from(fixture, tried).signIn(login, 'Faux')
        return rows()
      }
      expect(await left('clefevre')).toEqual(await left('clefevrx'))
    })

    it('twelve in a row close a name whatever the window, known or not; its owner opens it again', async () => {
      await fixture.application.store.transaction(tx => tx.deleteFrom('password_failures').execute())
      const owner = await signedIn(fixture, 'clefevre', 'Bienvenue!2026c')
      const tries = async (login: string) => {
        const seen: number[] = []
        for (let round = 0; round < 4; round += 1) {
          for (let tried = 0; tried < 6; tried += 1)
            seen.push((await from(fixture, 100 + round * 6 + tried).signIn(login, 'Faux')).status)
          clock.forward(minutes(20))
        }
        return seen.filter(status => status === 422).length
      }
      expect([await tries('clefevre'), await tries('personne')]).toEqual([12, 12])
      const refused = await from(fixture, 150).signIn('clefevre', 'Bienvenue!2026c')
      expect(textOf(refused.html)).toMatch(/n'est plus vérifié ici .*Passez par « Mot de passe oublié \? »/)
      clock.forward(hours(5))
      const again = knownOnly(owner)
      expect((await again.signIn('clefevre', 'Bienvenue!2026c')).location).toBe('/fr/compte')
      expect((await from(fixture, 151).signIn('clefevre', 'Faux')).status).toBe(422)
    })

    it('a network that invents logins leaves few rows, is refused for known and unknown logins, and the rows are deleted in time', async () => {
      await fixture.application.store.transaction(tx => tx.deleteFrom('password_failures').execute())
      const seen: number[] = []
      for (let invented = 0; invented < 40; invented += 1)
        seen.push((await from(fixture, 230).signIn(`invente-${invented}`, 'Faux')).status)
      expect(seen.filter(status => status === 422)).toHaveLength(12)
      expect(await rows()).toHaveLength(12)
      for (const login of ['nhaddad', 'jamais-vu', 'invente-1'])
        expect((await from(fixture, 230).signIn(login, 'Bienvenue!2026n')).status, login).toBe(429)
      expect((await from(fixture, 231).signIn('nhaddad', 'Bienvenue!2026n')).location).toBe('/fr/compte')
      clock.forward(days(1) + hours(1))
      await forgetByAge(fixture.application.store, clock.now(), fixture.settings.limits)
      expect(await rows()).toEqual([])
      expect((await from(fixture, 230).signIn('jamais-vu', 'Faux')).status).toBe(422)
    })

    it('twenty browsers are remembered of one person, and one that succeeds often forgets no other', async () => {
      const first = await signedIn(fixture, 'tpetit', 'Bienvenue!2026t')
      const cookie = first.cookies.get('__Host-known')
      for (let again = 0; again < 25; again += 1) {
        clock.forward(1000)
        expect((await first.signIn('tpetit', 'Bienvenue!2026t')).location).toBe('/fr/compte')
      }
      expect(first.cookies.get('__Host-known')).toBe(cookie)
      for (let other = 0; other < 22; other += 1) {
        clock.forward(1000)
        await signedIn(fixture, 'tpetit', 'Bienvenue!2026t', other)
      }
      const kept = await fixture.application.store.read
        .selectFrom('known_browsers')
        .select('id')
        .where('person', '=', 'demo-tpetit')
        .execute()
      expect(kept).toHaveLength(20)
    })
  },
)

describe.skipIf(!available({ directory: 'slapd', store: 'SQLite' }))(
  'a directory that locks accounts',
  () => {
    let fixture: PortalFixture
    beforeAll(async () => {
      fixture = await open({ directory: 'slapd', store: 'SQLite', people: 20, crowd: 0 })
    })
    afterAll(() => fixture?.stop())

    const policy = async (maxFailures: number, interval: number) => {
      const set = (type: string, value: number) =>
        new Change({ operation: 'replace', modification: new Attribute({ type, values: [String(value)] }) })
      for (const name of ['default', 'slow', 'reset'])
        await fixture.slapd?.asRoot(client =>
          client.modify(`cn=${name},ou=policies,${suffix}`, [
            set('pwdMaxFailure', maxFailures),
            set('pwdFailureCountInterval', interval),
          ]),
        )
      fixture = await fixture.restart()
    }
    const held = async (uid: string, base: string) => {
      const entry = await fixture.slapd?.asRoot(async client => {
        const attributes = ['pwdFailureTime', 'pwdAccountLockedTime']
        return (await client.search(`uid=${uid},${base}`, { scope: 'base', attributes })).searchEntries[0]
      })
      const failures = [entry?.pwdFailureTime ?? []].flat()
      return { failures: failures.length, locked: [entry?.pwdAccountLockedTime ?? []].flat().length > 0 }
    }

    it.each([
      [3, 0, 'clefevre', bases.staff, 'Bienvenue!2026c', 1],
      [5, 900, 'ybenali', bases.student, 'Bienvenue!2026y', 2],
      [10, 0, 'nhaddad', bases.staff, 'Bienvenue!2026n', 5],
    ] as const)(
      'after %i wrong passwords never locks one for what strangers send',
      async (most, interval, login, base, password, share) => {
        await policy(most, interval)
        const owner = knownOnly(await signedIn(fixture, login, password))
        const variants = [login, login.toUpperCase(), ` ${login}`]
        const attack = () =>
          strangers(fixture, 40, (visitor, index) =>
            index % 2
              ? visitor.signIn(variants[index % 3] ?? login, `Faux-${index}`)
              : expired(visitor, variants[index % 3] ?? login, `Faux-${index}`),
          )
        await attack()
        expect(await held(login, base)).toEqual({ failures: share, locked: false })
        await attack()
        expect((await held(login, base)).failures).toBe(share)
        expect((await owner.signIn(login, password)).location).toBe('/fr/compte')
        for (let tried = 0; tried < 6; tried += 1) await knownOnly(owner).signIn(login, 'Faux-Souvenir')
        await attack()
        const { failures, locked } = await held(login, base)
        expect([locked, failures < most]).toEqual([false, true])
      },
    )

    it('that hangs is sent no more than their share, and counts no more once it is back', async () => {
      await policy(10, 0)
      fixture.slapd?.pause()
      for (let round = 0; round < 4; round += 1)
        await strangers(fixture, 10, (visitor, index) => visitor.signIn('tpetit', `Faux-${round}-${index}`))
      fixture.slapd?.resume()
      await strangers(fixture, 10, (visitor, index) => visitor.signIn('tpetit', `Faux-5-${index}`))
      const { failures, locked } = await held('tpetit', bases.staff)
      expect([failures <= 5, locked]).toEqual([true, false])
    })
  },
)
