import { Attribute, Change } from 'ldapts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type Capability,
  capabilitiesOf,
  getDeclarations,
  pathways,
  postDeclarations,
} from '../src/authentication-pathways.ts'
import { hours, minutes } from '../src/clock.ts'
import { hrefIn, type RouteName, routes } from '../src/routes.ts'
import { movableClock } from './world/clock.ts'
import { createCrowdVisitors } from './world/crowd-visitors.ts'
import { postRoutes, sendEveryForm } from './world/every-form.ts'
import { enrolApp, enrolPasskey, optionsIn } from './world/factors.ts'
import { unlimited } from './world/limits.ts'
import { bases, suffix } from './world/people.ts'
import { available, type PortalFixture, startPortal } from './world/portal.ts'
import { newVisitor, type Visitor } from './world/visitor.ts'

const chosen = 'Tr0mbone&Cascade-3'
const page = { page: 'compte' }

it('every way of the page is a form, the helpdesk, or shows only the login', () => {
  const named = new Set<string>(
    [...Object.values(postDeclarations), ...Object.values(getDeclarations)].flatMap(({ pathways: by }) => by),
  )
  expect(Object.keys(pathways).filter(way => !named.has(way))).toEqual(['identifier', 'desk'])
  for (const [route, { capabilities: powers, pathways: by }] of Object.entries(postDeclarations))
    expect(by.length > 0, route).toBe(powers.length > 0)
})

describe.skipIf(!available({ directory: 'slapd', store: 'SQLite' }))('what the forms can do', () => {
  let fixture: PortalFixture
  const clock = movableClock()
  const seen = new Map<RouteName, Set<Capability>>()
  beforeAll(async () => {
    const config = { limits: unlimited }
    fixture = await startPortal({ directory: 'slapd', store: 'SQLite', clock, people: 20, crowd: 12, config })
  })
  afterAll(() => fixture?.stop())

  const routeAt = (path: string) =>
    (Object.keys(routes) as RouteName[]).find(name =>
      new RegExp(`^/fr${routes[name].path.replace(/:\w+/g, '[^/]+')}$`).test(path),
    )
  const traces = async () => {
    const { read } = fixture.application.store
    const rows = await read.selectFrom('attempts').select('kind').execute()
    const opened = await read
      .selectFrom('audit_events')
      .select('sequence')
      .where('kind', '=', 'sign-in.accepted')
      .execute()
    const shut = rows.filter(({ kind }) => kind === 'freeze').length
    return { shut, chosen: rows.length - shut, opened: opened.length }
  }
  type Traces = Awaited<ReturnType<typeof traces>>

  const powersIn = (before: Traces, after: Traces, set: boolean): readonly Capability[] => {
    const used: Readonly<Record<Capability, boolean>> = {
      'opens-session': set && after.opened > before.opened,
      'renews-session': set && after.opened === before.opened,
      'writes-password': after.chosen > before.chosen,
      'writes-unknown-password': after.shut > before.shut,
    }
    return (Object.keys(used) as Capability[]).filter(power => used[power])
  }

  /** A browser of which every answer to a form is held to what the route declares. */
  const watched = (): Visitor => {
    const visitor = newVisitor(fixture.url)
    const { post } = visitor
    visitor.post = async (path, ...more) => {
      const before = await traces()
      const answer = await post(path, ...more)
      const set = answer.headers.getSetCookie().some(line => /^__Host-session=[^;]/.test(line))
      const powers = powersIn(before, await traces(), set)
      const route = routeAt(path)
      if (!route) throw new Error(`no route for ${path}`)
      expect(answer.status, path).not.toBe(500)
      for (const power of powers) expect(capabilitiesOf(route, 'post'), `${route} ${power}`).toContain(power)
      seen.set(route, new Set([...(seen.get(route) ?? []), ...powers]))
      return answer
    }
    return visitor
  }
  const send = async (visitor: Visitor, route: RouteName, fields: Record<string, string>, params = {}) => {
    const path = hrefIn('fr')(route, params)
    const demarche = visitor.refIn((await visitor.get(path)).html)
    return visitor.post(path, { ...fields, demarche })
  }

  const somebody = createCrowdVisitors(() => fixture).nextMember
  const signedIn = async (who = somebody()) => {
    const visitor = watched()
    await visitor.signIn(who.login, who.initialPassword)
    return { ...who, visitor }
  }
  const passwords = (ancien: string) => ({ ancien, nouveau: chosen, confirmation: chosen, charte: 'oui' })

  it('a sign-in, a confirmation and a change, without a second factor', async () => {
    const { visitor, login, initialPassword } = await signedIn()
    clock.forward(minutes(11))
    await send(visitor, 'confirm', { motdepasse: initialPassword }, { page: 'adresses' })
    await send(visitor, 'changePassword', passwords(initialPassword))
    const other = watched()
    await other.signIn(login, chosen, '/fr/connexion/vers/sessions')
    expect([...(seen.get('signIn') ?? []), ...(seen.get('signInFor') ?? [])]).toHaveLength(2)
  })

  it('the same with an app and a passkey', async () => {
    const { visitor, ...who } = await signedIn()
    const { app } = await enrolApp(visitor, clock.now)
    const key = await enrolPasskey(visitor, fixture.url)
    clock.forward(minutes(11))
    const passkey = async (browser: Visitor, route: RouteName, params: { page: string }) => {
      const path = hrefIn('fr')(route, params)
      await browser.post(path, {})
      return browser.post(path, { cle: key.sign(optionsIn((await browser.get(path)).html)) })
    }
    await send(visitor, 'confirm', { motdepasse: who.initialPassword }, page)
    await send(visitor, 'secondFactor', { code: app(clock.now()) }, page)
    await send(visitor, 'confirm', { motdepasse: who.initialPassword }, page)
    await passkey(visitor, 'signInPasskey', page)
    await passkey(visitor, 'confirmPasskey', page)
    const again = watched()
    await again.signIn(who.login, who.initialPassword)
    clock.forward(minutes(1))
    await send(again, 'secondFactor', { code: app(clock.now()) }, page)
    await passkey(watched(), 'signInPasskey', page)
  })

  it('a password that expired, a recovery and an activation', async () => {
    const due = somebody()
    await fixture.slapd?.asRoot(client => {
      const set = (type: string, value: string) =>
        new Change({ operation: 'replace', modification: new Attribute({ type, values: [value] }) })
      return client.modify(`uid=${due.login},${bases.staff}`, [
        set('pwdReset', 'TRUE'),
        set('pwdPolicySubentry', `cn=reset,ou=policies,${suffix}`),
      ])
    })
    await send(watched(), 'expiredPassword', { identifiant: due.login, ...passwords(due.initialPassword) })
    const visitor = watched()
    await visitor.answerJokerAs(somebody())
    await visitor.choose(chosen)
    const newcomer = somebody()
    const letter = await fixture.application.store.transaction(async tx => {
      await tx.deleteFrom('jokers').where('person', '=', newcomer.id).execute()
      return fixture.application.proofs.activationCodes.make(tx, newcomer.id, hours(24))
    })
    const activating = watched()
    await activating.post('/fr/activation/identification/numero-personnel', {
      numero: newcomer.number,
      naissance: newcomer.date,
    })
    await send(activating, 'activationCode', { code: letter })
    await send(activating, 'activationPassword', passwords(''))
  })

  it('« Ce n’est pas moi »', async () => {
    const who = somebody()
    const reported = { notice: 'password-changed', happenedAt: 0, device: '' }
    const freeze = { kind: 'freeze', event: 'test', destinationDigest: 'd' } as const
    const about = { person: who.id, ...freeze, ...reported }
    const jeton = await fixture.application.accounts.tokens.make(about)
    await watched().post(`/fr/ce-n-est-pas-moi/${jeton}`, { jeton })
  })

  it('every secret of a person, in every form, with a session and without', {
    timeout: 120_000,
  }, async () => {
    for (const enter of [true, false]) {
      const who = somebody()
      const { visitor } = enter ? await signedIn(who) : { visitor: watched() }
      const fields = () => ({
        identifiant: who.login,
        motdepasse: who.initialPassword,
        numero: who.number,
        naissance: who.date,
        reponse: 'rex',
        question: 'pet',
        code: '000000',
        ...passwords(who.initialPassword),
      })
      await sendEveryForm(visitor, { fields }, () => {})
    }
    expect(postRoutes.filter(route => !seen.has(route))).toEqual([])
  })

  it('is exactly what they declare', () => {
    const declared = Object.entries(postDeclarations).map(([route, { capabilities: powers }]) => [
      route,
      [...powers].sort(),
    ])
    const observed = Object.keys(postDeclarations).map(route => [
      route,
      [...(seen.get(route as RouteName) ?? [])].sort(),
    ])
    expect(observed).toEqual(declared)
  })
})
