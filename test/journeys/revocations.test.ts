import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hours, minutes } from '../../src/clock.ts'
import type { PersonId } from '../../src/directory/directory.ts'
import { movableClock } from '../world/clock.ts'
import { createCrowdVisitors } from '../world/crowd-visitors.ts'
import { findDeadlocks } from '../world/deadlocks.ts'
import { enrolApp, enrolPasskey, printSheet, signChallenge } from '../world/factors.ts'
import { unlimited } from '../world/limits.ts'
import { available, type PortalFixture, type PortalKind, startPortal } from '../world/portal.ts'
import { newVisitor, textOf, type Visitor } from '../world/visitor.ts'

/** A proof that is older than its replacement, removal or revocation allows no write and no session. */

const kinds: readonly PortalKind[] = [
  { directory: 'embedded', store: 'SQLite' },
  { directory: 'embedded', store: 'PostgreSQL' },
]
const chosen = 'Tr0mbone&Cascade-3'
const factorPath = '/fr/mot-de-passe/second-element'

describe.each(kinds.filter(available))('revoked proofs, on $store', kind => {
  let fixture: PortalFixture
  const clock = movableClock()
  beforeAll(async () => {
    fixture = await startPortal({ ...kind, clock, crowd: 60, config: { limits: unlimited } })
  })
  afterAll(() => fixture?.stop())

  const crowd = createCrowdVisitors(() => fixture)
  /** A member of the crowd whose browser `owner` is signed in. */
  const newOwner = async () => {
    const member = crowd.nextMember()
    return { ...member, owner: await crowd.signedIn(member) }
  }
  type Owner = Awaited<ReturnType<typeof newOwner>>

  /** A stranger who has answered the joker and may choose the new password. */
  const proveByJoker = async (who: Owner) => {
    const stranger = newVisitor(fixture.url)
    expect((await stranger.answerJokerAs(who)).location).toBe('/fr/mot-de-passe/nouveau')
    return stranger
  }
  const proveByCode = async (who: Owner, code: string) => {
    const stranger = newVisitor(fixture.url)
    await stranger.answerJokerAs(who)
    const demarche = stranger.refIn((await stranger.get(factorPath)).html)
    expect((await stranger.post(factorPath, { code, demarche })).location).toBe('/fr/mot-de-passe/nouveau')
    return stranger
  }
  const proveByPasskey = async (who: Owner, key: Awaited<ReturnType<typeof enrolPasskey>>) => {
    const stranger = newVisitor(fixture.url)
    await stranger.answerJokerAs(who)
    const demarche = stranger.refIn((await stranger.get(factorPath)).html)
    const path = '/fr/mot-de-passe/cle-d-acces'
    const cle = await signChallenge(stranger, path, key, { demarche })
    expect((await stranger.post(path, { cle, demarche })).location).toBe('/fr/mot-de-passe/nouveau')
    return stranger
  }
  const canWrite = async (stranger: Visitor) =>
    /(termine|verification)$/.test((await stranger.choose(chosen)).location ?? '')
  const remove = (owner: Visitor, page: string, more = {}) =>
    owner.post(`/fr/compte/${page}`, { action: 'retirer', ...more })
  const isValidPassword = async ({ id }: Owner, password: string) =>
    (await fixture.application.directory.bind(id, password)).ok

  /** The person of a known browser; its cookie is a value and a tag. */
  const knownPersonOf = ({ cookies }: Visitor) =>
    fixture.application.accounts.knownBrowsers.owner(cookies.get('__Host-known')?.split('.')[0] ?? null)

  it('a journey whose proof is still valid can write', async () => {
    const who = await newOwner()
    expect(await canWrite(await proveByJoker(who))).toBe(true)
    expect(await isValidPassword(who, chosen)).toBe(true)
  })

  const withdrawals: readonly (readonly [string, (who: Owner) => Promise<Visitor>])[] = [
    [
      'another joker',
      async who => {
        const stranger = await proveByJoker(who)
        const joker = { question: 'town', reponse: 'Bourg-la-Reine-du-Nord' }
        expect((await who.owner.post('/fr/compte/question-joker', joker)).location).toBe('/fr/compte')
        return stranger
      },
    ],
    [
      'an app that is removed',
      async who => {
        const { app } = await enrolApp(who.owner, clock.now)
        clock.forward(minutes(1))
        const stranger = await proveByCode(who, app(clock.now()))
        await remove(who.owner, 'application')
        return stranger
      },
    ],
    [
      'a passkey that is removed',
      async who => {
        const key = await enrolPasskey(who.owner, fixture.url)
        const stranger = await proveByPasskey(who, key)
        const list = await who.owner.get('/fr/compte/cles-d-acces')
        const laquelle = /name="laquelle" value="([^"]+)"/.exec(list.html)?.[1] ?? ''
        await remove(who.owner, 'cles-d-acces', { laquelle })
        return stranger
      },
    ],
    [
      'an app that another replaces',
      async who => {
        const { app } = await enrolApp(who.owner, clock.now)
        clock.forward(minutes(1))
        const stranger = await proveByCode(who, app(clock.now()))
        await enrolApp(who.owner, clock.now)
        return stranger
      },
    ],
    [
      'a sheet of codes that is removed',
      async who => {
        await enrolApp(who.owner, clock.now)
        const [code = ''] = await printSheet(who.owner)
        const stranger = await proveByCode(who, code)
        await remove(who.owner, 'codes-de-secours')
        return stranger
      },
    ],
    [
      'a sheet of codes that another replaces',
      async who => {
        await enrolApp(who.owner, clock.now)
        const [code = ''] = await printSheet(who.owner)
        const stranger = await proveByCode(who, code)
        await printSheet(who.owner)
        return stranger
      },
    ],
    [
      'a joker that the helpdesk clears',
      async who => {
        const stranger = await proveByJoker(who)
        await fixture.application.store.transaction(tx =>
          fixture.application.journeys.supersede(tx, who.id, 'proof-replaced'),
        )
        return stranger
      },
    ],
  ]

  it.each(withdrawals)('%s: a journey proved by it cannot write', async (_, withdrawn) => {
    const who = await newOwner()
    const stranger = await withdrawn(who)
    expect(await canWrite(stranger)).toBe(false)
    const over = await stranger.get('/fr/mot-de-passe/fin')
    expect(over.status).toBe(410)
    expect(textOf(over.html)).toContain("vient d'être remplacée ou retirée")
    expect(await isValidPassword(who, chosen)).toBe(false)
    const superseded = await fixture.application.store.read
      .selectFrom('audit_events')
      .select('sequence')
      .where('chain', '=', who.id)
      .where('kind', '=', 'journey.superseded')
      .execute()
    expect(superseded).toHaveLength(1)
  })

  it('a proof accepted at the moment of its replacement cannot write either', async () => {
    const who = await newOwner()
    const stranger = await proveByJoker(who)
    // The journey was not advanced yet when the others were ended: it is still open, but its proof is older.
    await fixture.application.store.transaction(tx =>
      fixture.application.passwordWrite.revocations.revokeProofs(tx, who.id),
    )
    expect(await canWrite(stranger)).toBe(false)
    expect(await isValidPassword(who, chosen)).toBe(false)
  })

  it('a joker answered while another replaces it, before that is committed, cannot write either', async () => {
    const { store, proofs, passwordWrite } = fixture.application
    const who = await newOwner()
    const stranger = newVisitor(fixture.url)
    await stranger.identify('numero-personnel', who.number, who.date)
    const hashed = await proofs.joker.hashAnswer('Bourg-la-Reine-du-Nord')
    if (!hashed.ok) throw new Error(hashed.reason)
    const { promise: revoked, resolve: hasRevoked } = Promise.withResolvers<void>()
    const replacing = store.transaction(async tx => {
      await passwordWrite.revocations.revokeProofs(tx, who.id)
      clock.forward(1000)
      hasRevoked()
      // During this pause the old joker is answered: on PostgreSQL it is judged meanwhile, on SQLite after this transaction.
      await pause(600)
      clock.forward(1000)
      await proofs.joker.clear(tx, who.id)
      await proofs.joker.set(tx, { person: who.id, question: 'town', free: false, kept: hashed.kept })
    })
    await revoked
    const answered = stranger.answer('rex')
    await replacing
    await answered
    if ((await stranger.get('/fr/mot-de-passe/nouveau')).status === 200)
      expect(await canWrite(stranger)).toBe(false)
    expect(await isValidPassword(who, chosen)).toBe(false)
  })

  it('a new activation code: a journey opened by the old one cannot write', async () => {
    const who = await newOwner()
    const { store } = fixture.application
    const { activationCodes } = fixture.application.proofs
    await store.transaction(async tx => {
      for (const table of ['jokers', 'activations', 'sessions'] as const)
        await tx.deleteFrom(table).where('person', '=', who.id).execute()
    })
    const make = () => store.transaction(tx => activationCodes.make(tx, who.id, hours(24)))
    const code = await make()
    const reader = newVisitor(fixture.url)
    const at = (page: string) => `/fr/activation/${page}`
    const send = async (page: string, fields: Readonly<Record<string, string>>) =>
      reader.post(at(page), { ...fields, demarche: reader.refIn((await reader.get(at(page))).html) })
    await reader.post(at('identification/numero-personnel'), { numero: who.number, naissance: who.date })
    expect((await send('code', { code })).location).toBe(at('mot-de-passe'))
    await make()
    const answer = await send('mot-de-passe', { nouveau: chosen, confirmation: chosen, charte: 'oui' })
    expect(answer.location).toBe(at('fin'))
    expect(await isValidPassword(who, chosen)).toBe(false)
  })

  it('a session in which a removed factor was shown must show another before a change', async () => {
    const who = await newOwner()
    const { app } = await enrolApp(who.owner, clock.now)
    clock.forward(minutes(1))
    const thief = newVisitor(fixture.url)
    await thief.signIn(who.login, who.initialPassword)
    expect(
      (await thief.post('/fr/connexion/second-element/compte', { code: app(clock.now()) })).location,
    ).toBe('/fr/compte')
    expect((await thief.get('/fr/compte/adresses')).status).toBe(200)
    await enrolPasskey(who.owner, fixture.url)
    await remove(who.owner, 'application')
    expect((await thief.get('/fr/compte/adresses')).location).toMatch(/^\/fr\/connexion\/confirmer\//)
    expect((await who.owner.get('/fr/compte/adresses')).status).toBe(200)
  })

  it('a session opened by a passkey ends when the passkey is removed', async () => {
    const who = await newOwner()
    const key = await enrolPasskey(who.owner, fixture.url)
    const thief = newVisitor(fixture.url)
    const path = '/fr/connexion/cle-d-acces/compte'
    const cle = await signChallenge(thief, path, key)
    expect((await thief.post(path, { cle })).location).toBe('/fr/compte')
    expect((await thief.get('/fr/compte/adresses')).status).toBe(200)
    const list = await who.owner.get('/fr/compte/cles-d-acces')
    const laquelle = /name="laquelle" value="([^"]+)"/.exec(list.html)?.[1] ?? ''
    await remove(who.owner, 'cles-d-acces', { laquelle })
    expect((await thief.get('/fr/compte')).location).toMatch(/connexion/)
    expect((await who.owner.get('/fr/compte/adresses')).status).toBe(200)
  })

  it('the first factor removes all known browsers except the one that enrolled it', async () => {
    const who = await newOwner()
    const thief = newVisitor(fixture.url)
    await thief.signIn(who.login, who.initialPassword)
    expect([await knownPersonOf(thief), await knownPersonOf(who.owner)]).toEqual([who.id, who.id])
    await enrolApp(who.owner, clock.now)
    expect([await knownPersonOf(thief), await knownPersonOf(who.owner)]).toEqual([null, who.id])
  })

  it('a password write removes all known browsers except the one that wrote it', async () => {
    const who = await newOwner()
    expect(await knownPersonOf(who.owner)).toBe(who.id)
    const writer = await proveByJoker(who)
    expect(await canWrite(writer)).toBe(true)
    expect([await knownPersonOf(who.owner), await knownPersonOf(writer)]).toEqual([null, who.id])
  })

  it('with any number of known browsers, ten wrong answers a day are judged: six in them, four as a stranger’s', async () => {
    const who = await newOwner()
    let asked = 0
    for (let browsers = 0; browsers < 10; browsers += 1) {
      const thief = newVisitor(fixture.url)
      await thief.signIn(who.login, who.initialPassword)
      thief.cookies.delete('__Host-session')
      await thief.identify('numero-personnel', who.number, who.date)
      for (let tries = 0; tries < 2; tries += 1) {
        const answer = textOf((await thief.answer(`faux ${browsers} ${tries}`)).html)
        if (!answer.includes('Cette question est fermée')) asked += 1
      }
    }
    expect(asked).toBe(10)
  })

  const sessionsOf = (id: PersonId) =>
    fixture.application.store.read.selectFrom('sessions').select('id').where('person', '=', id).execute()
  const pause = (milliseconds: number) => new Promise(resolve => setTimeout(resolve, milliseconds))

  it('a sign-in in progress while the account is frozen, or its password written, opens no session', async () => {
    const { store } = fixture.application
    const { revocations } = fixture.application.passwordWrite
    const { sessions, freezes } = fixture.application.accounts
    for (const cause of ['frozen', 'written']) {
      const who = await newOwner()
      const newcomer = newVisitor(fixture.url)
      const revoking = store.transaction(async tx => {
        await revocations.isSignInRevoked(tx, who.id, clock.now())
        // During this pause the sign-in checks the password.
        await pause(600)
        await revocations.revokeAll(tx, who.id)
        if (cause === 'frozen')
          await freezes.put(tx, { person: who.id, kind: 'frozen', until: null, by: 'test', reason: 'test' })
        await sessions.endAll(tx, who.id, { by: { kind: 'system' }, why: 'freeze' })
      })
      const signingIn = newcomer.signIn(who.login, who.initialPassword)
      await revoking
      expect((await signingIn).location, cause).not.toBe('/fr/compte')
      expect(await sessionsOf(who.id), cause).toEqual([])
    }
  })

  it('a freeze waits for a sign-in that began first, and ends its session', async () => {
    const { store, helpdesk } = fixture.application
    const { revocations } = fixture.application.passwordWrite
    const { sessions } = fixture.application.accounts
    const who = await newOwner()
    let holds = () => {}
    const held = new Promise<void>(resolve => {
      holds = resolve
    })
    const signingIn = store.transaction(async tx => {
      expect(await revocations.isSignInRevoked(tx, who.id, clock.now())).toBe(false)
      holds()
      await pause(600)
      const request = { cookie: () => null, device: 'Firefox', network: { id: 'n', campus: false } }
      return sessions.signInAs(tx, who.id, { by: 'embedded', request })
    })
    await held
    const freezing = helpdesk.freeze(who.id, { by: 'test', reason: 'test' })
    await signingIn
    await freezing
    expect(await sessionsOf(who.id)).toEqual([])
  })

  it('a freeze pressed while the helpdesk unfreezes stays', async () => {
    const { store, helpdesk } = fixture.application
    const { revocations } = fixture.application.passwordWrite
    const { freezes } = fixture.application.accounts
    const who = await newOwner()
    const writing = await helpdesk.freeze(who.id, { by: 'test', reason: 'test' })
    await writing
    expect(await freezes.find(who.id)).toMatchObject({ kind: 'frozen', passwordWritten: true })
    let holds = () => {}
    const held = new Promise<void>(resolve => {
      holds = resolve
    })
    const pressing = store.transaction(async tx => {
      await revocations.isSignInRevoked(tx, who.id, clock.now())
      holds()
      await pause(600)
      await tx.updateTable('freezes').set({ password_written: 0 }).where('person', '=', who.id).execute()
    })
    await held
    const lifting = helpdesk.unfreeze(who.id, { by: 'test', reason: 'test', decided: 'keep' })
    await pressing
    expect(await lifting).toEqual({ ok: false, reason: 'old-password-valid' })
    expect((await freezes.find(who.id))?.kind).toBe('frozen')
  })

  it('a freeze and a second factor sent at once do not deadlock', async () => {
    const { store } = fixture.application
    const { revocations } = fixture.application.passwordWrite
    const { pendingSignIns } = fixture.application.accounts
    const who = await newOwner()
    await enrolApp(who.owner, clock.now)
    clock.forward(minutes(2))
    const newcomer = newVisitor(fixture.url)
    await newcomer.signIn(who.login, who.initialPassword)
    let holds = () => {}
    const held = new Promise<void>(resolve => {
      holds = resolve
    })
    const freezing = store.transaction(async tx => {
      await revocations.revokeAll(tx, who.id)
      holds()
      await pause(600)
      await pendingSignIns.endAll(tx, who.id)
    })
    await held
    const answered = newcomer.post('/fr/connexion/second-element/compte', { code: '000000' })
    await freezing
    expect((await answered).location).not.toBe('/fr/compte')
    expect(await findDeadlocks(fixture.application.store)).toEqual([])
  })

  /** Each answers a form that renews a session and makes its browser known. */
  const renewals = [
    {
      form: 'a confirmation by password',
      send: (owner: Visitor, { initialPassword }: Owner) =>
        owner.post('/fr/connexion/confirmer/adresses', { motdepasse: initialPassword }),
    },
    {
      form: 'a change of password',
      send: (owner: Visitor, { initialPassword }: Owner) =>
        owner.post('/fr/compte/mot-de-passe', {
          ancien: initialPassword,
          nouveau: chosen,
          confirmation: chosen,
          charte: 'oui',
        }),
    },
  ]
  it.each(renewals)('a first factor and $form in another browser at once do not deadlock', async renewal => {
    const { store } = fixture.application
    const { revocations } = fixture.application.passwordWrite
    const { knownBrowsers, sessions } = fixture.application.accounts
    const who = await newOwner()
    let holds = () => {}
    const held = new Promise<void>(resolve => {
      holds = resolve
    })
    const enrolling = store.transaction(async tx => {
      await revocations.lockPersonRow(tx, who.id)
      await knownBrowsers.forgetOthers(tx, who.id, null)
      holds()
      await pause(600)
      await sessions.forgetFactor(tx, who.id, 'recovery-code', null)
    })
    await held
    const answered = renewal.send(who.owner, who)
    await enrolling
    expect((await answered).status).toBe(303)
    expect(await findDeadlocks(store)).toEqual([])
  })
})
