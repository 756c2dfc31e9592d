import { Attribute, Change } from 'ldapts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hours, minutes, seconds } from '../../src/clock.ts'
import type { PersonId } from '../../src/directory/directory.ts'
import type { ShownFactor } from '../../src/proofs/second-factor/shown-factor.ts'
import type { Attempt } from '../../src/services/source/attempts.ts'
import type { Failpoint } from '../../src/services/source/source.ts'
import { movableClock } from '../world/clock.ts'
import { createCrowdVisitors } from '../world/crowd-visitors.ts'
import { enrolApp, enrolPasskey, optionsIn, printSheet } from '../world/factors.ts'
import { unlimited } from '../world/limits.ts'
import { bases, suffix } from '../world/people.ts'
import { available, type PortalFixture, type PortalKind, startPortal } from '../world/portal.ts'
import { provedJourney } from '../world/proved-journey.ts'
import { newVisitor, textOf, type Visitor } from '../world/visitor.ts'

const kinds: readonly PortalKind[] = [
  { directory: 'embedded', store: 'SQLite' },
  { directory: 'slapd', store: 'PostgreSQL' },
]
const enrolledFactors = ['nothing', 'a sheet alone', 'an app', 'a passkey'] as const
type EnrolledFactor = (typeof enrolledFactors)[number]
const asked = (what: EnrolledFactor) => what === 'an app' || what === 'a passkey'
/** None, one of Sésame, or one that the institution’s server asked for. */
const shownFactors = [null, 'authenticator', 'server'] as const satisfies readonly (ShownFactor | null)[]
const chosen = 'Tr0mbone&Cascade-3'

/** Simulates a killed process: nothing after this failpoint happens. */
class Killed extends Error {}

describe.each(kinds.filter(available))(
  'every write asks for the second factor, on $directory and $store',
  kind => {
    let fixture: PortalFixture
    let dieAt: Failpoint | null = null
    const clock = movableClock()
    beforeAll(async () => {
      fixture = await startPortal({
        ...kind,
        clock,
        people: 20,
        crowd: 110,
        config: { limits: unlimited },
        failpoints: at => {
          if (at !== dieAt) return
          dieAt = null
          throw new Killed(at)
        },
      })
    })
    afterAll(() => fixture?.stop())

    const crowd = createCrowdVisitors(() => fixture)
    /** A member of the crowd in a signed-in browser, with this second factor. */
    const newSignedInMember = async (what: EnrolledFactor = 'nothing') => {
      const crowdMember = crowd.nextMember()
      const visitor = await crowd.signedIn(crowdMember)
      const app = what === 'an app' ? (await enrolApp(visitor, clock.now)).app : null
      const key = what === 'a passkey' ? await enrolPasskey(visitor, fixture.url) : null
      if (what === 'a sheet alone') await printSheet(visitor)
      clock.forward(minutes(1))
      return { ...crowdMember, visitor, app, key }
    }
    type SignedInMember = Awaited<ReturnType<typeof newSignedInMember>>

    const isValidPassword = async (id: PersonId, password: string) =>
      (await fixture.application.directory.bind(id, password)).ok
    const activationCodeOf = (id: PersonId) =>
      fixture.application.store.transaction(tx =>
        fixture.application.proofs.activationCodes.make(tx, id, hours(24)),
      )

    const show = async (
      visitor: Visitor,
      { app, key }: SignedInMember,
      path: string,
      passkeyPath: string,
    ) => {
      const demarche = visitor.refIn((await visitor.get(path)).html)
      if (app) return visitor.post(path, { code: app(clock.now()), demarche })
      await visitor.post(passkeyPath, { demarche })
      const cle = key?.sign(optionsIn((await visitor.get(passkeyPath)).html)) ?? ''
      return visitor.post(passkeyPath, { cle, demarche })
    }

    const choose = async (visitor: Visitor, path: string, password = chosen) =>
      visitor.send(path, { nouveau: password, confirmation: password, charte: 'oui' })

    const change = (visitor: Visitor, ancien: string, nouveau = chosen) =>
      visitor.post('/fr/compte/mot-de-passe', { ancien, nouveau, confirmation: nouveau, charte: 'oui' })

    it.each(enrolledFactors)('a reset, by a person with %s', async what => {
      const who = await newSignedInMember(what)
      const visitor = newVisitor(fixture.url)
      const after = await visitor.answerJokerAs(who)
      const factor = '/fr/mot-de-passe/second-element'
      expect(after.location).toBe(asked(what) ? factor : '/fr/mot-de-passe/nouveau')
      if (asked(what)) await show(visitor, who, factor, '/fr/mot-de-passe/cle-d-acces')
      expect((await visitor.choose(chosen)).location).toBe('/fr/mot-de-passe/termine')
      expect(await isValidPassword(who.id, chosen)).toBe(true)
    })

    it.each(['an app', 'a passkey'] as const)('a reset is not written once %s came between', async what => {
      const who = await newSignedInMember()
      const visitor = newVisitor(fixture.url)
      expect((await visitor.answerJokerAs(who)).location).toBe('/fr/mot-de-passe/nouveau')
      if (what === 'an app') await enrolApp(who.visitor, clock.now)
      else await enrolPasskey(who.visitor, fixture.url)
      expect((await visitor.choose(chosen)).location).toBe('/fr/mot-de-passe/fin')
      const over = textOf((await visitor.get('/fr/mot-de-passe/fin')).html)
      expect(over).toContain('Un second élément protège votre compte')
      expect([
        await isValidPassword(who.id, chosen),
        await isValidPassword(who.id, who.initialPassword),
      ]).toEqual([false, true])
    })

    it.each(enrolledFactors)(
      'an activation code, of a person with %s: the account is active, and the page says so',
      async what => {
        const who = await newSignedInMember(what)
        const letter = await activationCodeOf(who.id)
        const visitor = newVisitor(fixture.url)
        const at = '/fr/activation/code'
        await visitor.post('/fr/activation/identification/numero-personnel', {
          numero: who.number,
          naissance: who.date,
        })
        const demarche = visitor.refIn((await visitor.get(at)).html)
        expect((await visitor.post(at, { code: letter, demarche })).location).toBe('/fr/activation/fin')
        expect(textOf((await visitor.get('/fr/activation/fin')).html)).toContain(
          'Votre compte est déjà activé',
        )
        // The form that is posted names no journey.
        const posted = await choose(visitor, '/fr/activation/mot-de-passe')
        expect(posted.location).toBe('/fr/activation/fin')
        expect(await isValidPassword(who.id, who.initialPassword)).toBe(true)
      },
    )

    it.each(['an app', 'a passkey'] as const)(
      'a change, in a session that a password opened before %s was there',
      async what => {
        const who = await newSignedInMember()
        const thief = newVisitor(fixture.url)
        await thief.signIn(who.login, who.initialPassword)
        if (what === 'an app') await enrolApp(who.visitor, clock.now)
        else await enrolPasskey(who.visitor, fixture.url)
        expect((await change(thief, who.initialPassword)).location).toBe(
          '/fr/connexion/confirmer/mot-de-passe',
        )
        const path = what === 'an app' ? 'application' : 'cles-d-acces'
        const removed = await thief.post(`/fr/compte/${path}`, { action: 'retirer' })
        expect(removed.location).toBe(`/fr/connexion/confirmer/${path}`)
        expect(await isValidPassword(who.id, who.initialPassword)).toBe(true)
        // The enrolment counts as showing the factor.
        expect((await change(who.visitor, who.initialPassword)).location).toMatch(
          /^\/fr\/compte\/mot-de-passe\//,
        )
        expect(await isValidPassword(who.id, chosen)).toBe(true)
      },
    )

    it.each(['an app', 'a passkey'] as const)('a change, eleven minutes after %s was shown', async what => {
      const who = await newSignedInMember(what)
      clock.forward(minutes(11))
      const confirm = '/fr/connexion/confirmer/mot-de-passe'
      expect((await who.visitor.get('/fr/compte/mot-de-passe')).location).toBe(confirm)
      expect((await change(who.visitor, who.initialPassword)).location).toBe(confirm)
      const more = await who.visitor.post(confirm, { motdepasse: who.initialPassword })
      expect(more.location).toBe('/fr/connexion/second-element/mot-de-passe')
      expect((await change(who.visitor, who.initialPassword)).location).toBe(confirm)
      const sessions = () =>
        fixture.application.store.read
          .selectFrom('sessions')
          .select('id')
          .where('person', '=', who.id)
          .execute()
      const before = await sessions()
      const shown = await show(
        who.visitor,
        who,
        '/fr/connexion/second-element/mot-de-passe',
        '/fr/connexion/cle-d-acces/mot-de-passe',
      )
      expect(shown.location).toBe('/fr/compte/mot-de-passe')
      // The session continues under a new handle.
      expect(await sessions()).toHaveLength(before.length)
      expect(await sessions()).not.toEqual(before)
      expect((await change(who.visitor, who.initialPassword)).location).toMatch(
        /^\/fr\/compte\/mot-de-passe\//,
      )
      expect(await isValidPassword(who.id, chosen)).toBe(true)
    })

    // Passwords of the embedded directory never expire.
    if (kind.directory === 'slapd')
      it.each(enrolledFactors)('an expired password, of a person with %s', async what => {
        const who = await newSignedInMember(what)
        await fixture.slapd?.asRoot(client => {
          const set = (type: string, value: string) =>
            new Change({ operation: 'replace', modification: new Attribute({ type, values: [value] }) })
          return client.modify(`uid=${who.login},${bases.staff}`, [
            set('pwdReset', 'TRUE'),
            set('pwdPolicySubentry', `cn=reset,ou=policies,${suffix}`),
          ])
        })
        const visitor = newVisitor(fixture.url)
        const answer = await visitor.post('/fr/connexion/mot-de-passe-expire', {
          identifiant: who.login,
          ancien: who.initialPassword,
          nouveau: chosen,
          confirmation: chosen,
          charte: 'oui',
        })
        expect(answer.status).toBe(asked(what) ? 422 : 303)
        expect(visitor.cookies.has('__Host-session')).toBe(!asked(what))
        expect(await isValidPassword(who.id, chosen)).toBe(!asked(what))
      })

    it.each(enrolledFactors)('a freeze needs no factor: of a person with %s', async what => {
      const who = await newSignedInMember(what)
      await fixture.application.helpdesk.freeze(who.id, { by: 'desk', reason: 'test' })
      expect(await isValidPassword(who.id, who.initialPassword)).toBe(false)
    })

    const prepared = async (
      order: Attempt['kind'],
      person: PersonId,
      shown: ShownFactor | null,
      password = chosen,
    ) => {
      const facts = {
        ...({ language: 'fr', historyHash: 'h', charterVersion: null } as const),
        ...(shown && { factor: shown }),
      }
      const journey = order === 'reset' ? await provedJourney(fixture.application.store, person) : null
      const made = await fixture.application.passwordWrite.attempts.prepare(
        { kind: order, person, journey, facts },
        password,
      )
      await fixture.application.store.transaction(made.insert)
      return made.attempt
    }
    const stateOf = async ({ id }: Attempt) =>
      (
        await fixture.application.store.read
          .selectFrom('attempts')
          .select('state')
          .where('id', '=', id)
          .executeTakeFirstOrThrow()
      ).state

    describe.each(['reset', 'activation', 'change', 'freeze'] as const)('an order to %s', order => {
      it.each(enrolledFactors.flatMap(what => shownFactors.map(shown => ({ what, shown }))))(
        'of whoever has $what, the factor shown: $shown',
        async ({ what, shown }) => {
          const who = await newSignedInMember(what)
          const attempt = await prepared(order, who.id, shown)
          const outcome = await fixture.application.passwordWrite.source.writePassword(attempt, chosen)
          const lacks = order !== 'freeze' && asked(what) && !shown
          const active = order === 'activation' && !lacks
          if (lacks) expect(outcome).toEqual({ ok: false, reason: 'factor-first' })
          else if (active) expect(outcome).toEqual({ ok: false, reason: 'account-active' })
          else expect(outcome.ok).toBe(true)
          expect(await stateOf(attempt)).toBe(lacks || active ? 'refused' : 'accepted')
          expect(await isValidPassword(who.id, chosen)).toBe(!(lacks || active))
        },
      )
    })

    const settle = async () => {
      await fixture.application.store.transaction(async tx => {
        await tx.updateTable('attempts').set({ lease_until: 0 }).where('state', '=', 'open').execute()
        await tx.updateTable('people').set({ lock_until: 0, lock_holder: null }).execute()
      })
      await fixture.application.passwordWrite.reconciler.run()
    }
    /** On a busy machine the directory may not answer in time: the attempt then waits for the next round. */
    const settled = async (attempt: Attempt) => {
      for (let rounds = 0; rounds < 10 && (await stateOf(attempt)) === 'open'; rounds += 1) await settle()
    }
    const failpoints = ['attempt-committed', 'person-locked', 'about-to-write', 'written', 'proved'] as const

    it.each(failpoints.flatMap(instant => shownFactors.map(shown => ({ instant, shown }))))(
      'killed at « $instant », the factor shown: $shown, it is settled as it would have been written',
      async ({ instant, shown }) => {
        const who = await newSignedInMember('an app')
        const attempt = await prepared('change', who.id, shown)
        dieAt = instant
        const died = await fixture.application.passwordWrite.source
          .writePassword(attempt, chosen)
          .catch(fault => fault)
        const reached = shown !== null || instant === 'attempt-committed' || instant === 'person-locked'
        dieAt = null
        expect(died instanceof Killed).toBe(reached)
        await settled(attempt)
        const written = shown !== null && (instant === 'written' || instant === 'proved')
        expect(await stateOf(attempt)).toBe(written ? 'accepted' : 'refused')
        expect(await isValidPassword(who.id, chosen)).toBe(written)
      },
    )

    it('killed once written, it is recorded although a factor came into service since', async () => {
      const who = await newSignedInMember()
      const attempt = await prepared('change', who.id, null)
      dieAt = 'written'
      await expect(fixture.application.passwordWrite.source.writePassword(attempt, chosen)).rejects.toThrow(
        Killed,
      )
      clock.forward(seconds(1))
      await enrolApp(who.visitor, clock.now)
      await settled(attempt)
      expect(await stateOf(attempt)).toBe('accepted')
    })

    it('a password that the directory already has does not accept a write without the factor', async () => {
      const who = await newSignedInMember('an app')
      const attempt = await prepared('reset', who.id, null, who.initialPassword)
      dieAt = 'attempt-committed'
      await expect(
        fixture.application.passwordWrite.source.writePassword(attempt, who.initialPassword),
      ).rejects.toThrow(Killed)
      await settled(attempt)
      expect(await stateOf(attempt)).toBe('refused')
      const deliveries = await fixture.application.store.read
        .selectFrom('deliveries')
        .select('id')
        .where('person', '=', who.id)
        .execute()
      expect(deliveries).toEqual([])
    })
  },
)
