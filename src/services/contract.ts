import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { PersonId } from '../directory/directory.ts'
import { completesWithin } from './completes-within.ts'
import type { AccountRef, Check, Writer } from './services.ts'

/** What every pair of a writer and a check promises, on a service that holds the demonstration's people. */
export type ServiceFixture = {
  readonly writer: Writer
  readonly check: Check
  /** Somebody whose account there is privileged. */
  readonly privileged: AccountRef
  readonly stop: () => Promise<unknown>
}

/** A service with a server of its own, which fails as servers do. */
export type ServerFixture = ServiceFixture & {
  /** Makes the service silent: it takes connections and never answers. */
  readonly pause: () => unknown
  readonly resume: () => unknown
  /** Ends it at once, and starts it again. */
  readonly kill: () => Promise<void>
  readonly start: () => Promise<unknown>
}

export const accountRef = (login: string): AccountRef => ({ person: login as PersonId, login })

const camille = accountRef('clefevre')
const thomas = accountRef('tpetit')

const accountClient = (fixture: () => ServiceFixture) => ({
  write: (who: AccountRef, password: string) => fixture().writer.write(who, password),
  prove: (who: AccountRef, password: string) => fixture().check.prove(who, password),
})

export const serviceContract = <Fixture extends ServiceFixture>(
  name: string,
  available: boolean,
  setUp: () => Promise<Fixture>,
  more: (fixture: () => Fixture) => void = () => {},
) =>
  describe.runIf(available)(`the service keeps its promises: ${name}`, () => {
    let fixture: Fixture
    const { write, prove } = accountClient(() => fixture)
    beforeAll(async () => {
      fixture = await setUp()
    }, 180_000)
    afterAll(() => fixture?.stop())

    it('a written password logs in, the old one and a wrong one do not', async () => {
      expect(await write(camille, 'Tr0mbone&Cascade-3')).toEqual({ ok: true })
      expect(await prove(camille, 'Tr0mbone&Cascade-3')).toEqual({ ok: true })
      expect(await prove(camille, 'Bienvenue!2026c')).toEqual({ ok: false, reason: 'login-refused' })
      expect(await prove(camille, 'tr0mbone&Cascade-3')).toEqual({ ok: false, reason: 'login-refused' })
    })

    it('writing the same password again does no harm', async () => {
      expect(await write(camille, 'Tr0mbone&Cascade-3')).toEqual({ ok: true })
      expect(await write(camille, 'Tr0mbone&Cascade-3')).toEqual({ ok: true })
      expect(await prove(camille, 'Tr0mbone&Cascade-3')).toEqual({ ok: true })
    })

    it.each([`Quote'"Back\\Slash-1a`, 'Espace dedans -1a', '$6$Dollar#Diese%-1a', '*(uid=*)-Etoile-1a'])(
      'keeps « %s » exactly',
      async password => {
        expect(await write(thomas, password)).toEqual({ ok: true })
        expect(await prove(thomas, password)).toEqual({ ok: true })
      },
    )

    it('a password that looks like a stored one is kept exactly or refused whole: never taken for one', async () => {
      const written = await write(thomas, '{CLEAR}Accolade-1a')
      expect((await prove(thomas, '{CLEAR}Accolade-1a')).ok).toBe(written.ok)
      expect((await prove(thomas, 'Accolade-1a')).ok).toBe(false)
    })

    it('an empty password proves nothing', async () => {
      expect((await prove(camille, '')).ok).toBe(false)
    })

    it('who has no account there is told apart, and nobody logs in as nobody', async () => {
      expect(await write(accountRef('personne'), 'Tr0mbone&Cascade-3')).toEqual({
        ok: false,
        reason: 'service-no-account',
      })
      expect(await prove(accountRef('personne'), 'Tr0mbone&Cascade-3')).toEqual({
        ok: false,
        reason: 'login-refused',
      })
    })

    it('a privileged account is refused and left as it was', async () => {
      expect(await write(fixture.privileged, 'Tr0mbone&Cascade-3')).toEqual({
        ok: false,
        reason: 'service-privileged',
      })
      expect((await prove(fixture.privileged, 'Tr0mbone&Cascade-3')).ok).toBe(false)
    })

    more(() => fixture)
  })

const serverFaultTests = (fixture: () => ServerFixture) => {
  const { write, prove } = accountClient(fixture)

  it('silent, it is away within the time allowed, and serves again afterwards', async () => {
    fixture().pause()
    const asked = Promise.all([write(thomas, 'Pendant-Le-Silence-1'), prove(camille, 'Tr0mbone&Cascade-3')])
    expect(await completesWithin(Math.max(fixture().writer.longest, fixture().check.longest), asked)).toBe(
      true,
    )
    const [written, proved] = await asked
    expect(written).toMatchObject({
      ok: false,
      reason: expect.stringMatching(/^(service-unavailable|outcome-unknown)$/),
    })
    expect(proved).toEqual({ ok: false, reason: 'service-unavailable' })
    fixture().resume()
    expect(await write(thomas, 'Apres-Le-Silence-1')).toEqual({ ok: true })
    expect(await prove(thomas, 'Apres-Le-Silence-1')).toEqual({ ok: true })
  })

  it('dead, it is away; back, it serves', async () => {
    await fixture().kill()
    expect(await write(thomas, 'Pendant-La-Panne-1')).toEqual({ ok: false, reason: 'service-unavailable' })
    expect(await prove(thomas, 'Apres-Le-Silence-1')).toEqual({ ok: false, reason: 'service-unavailable' })
    await fixture().start()
    expect(await write(thomas, 'Apres-La-Panne-1')).toEqual({ ok: true })
    expect(await prove(thomas, 'Apres-La-Panne-1')).toEqual({ ok: true })
  })

  it('killed in the middle of writes, it never leaves more than the old password or the new one', async () => {
    expect((await write(camille, 'Avant-La-Coupure-1')).ok).toBe(true)
    const cut = write(camille, 'Pendant-La-Coupure-1')
    await fixture().kill()
    const outcome = await cut
    await fixture().start()
    const [old, fresh] = [
      await prove(camille, 'Avant-La-Coupure-1'),
      await prove(camille, 'Pendant-La-Coupure-1'),
    ]
    expect([old.ok, fresh.ok].filter(Boolean)).toHaveLength(1)
    if (outcome.ok) expect(fresh.ok).toBe(true)
    if (!outcome.ok && outcome.reason === 'service-unavailable') expect(old.ok).toBe(true)
  })
}

/** The promises above, and those of a service whose server falls silent, dies and comes back. */
export const serverContract = (name: string, available: boolean, setUp: () => Promise<ServerFixture>) =>
  serviceContract(name, available, setUp, serverFaultTests)
