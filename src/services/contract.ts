import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { PersonId } from '../directory/directory.ts'
import { completesWithin } from './completes-within.ts'
import type { AccountRef, Check, Writer } from './services.ts'

/** A writer and a check of a service that holds the people of the demonstration. */
export type ServiceFixture = {
  readonly writer: Writer
  readonly check: Check
  /** A privileged account of the service. */
  readonly privileged: AccountRef
  readonly stop: () => Promise<unknown>
}

/** A service with its own server, which the contract makes fail. */
export type ServerFixture = ServiceFixture & {
  /** Makes the server hang: it accepts connections and never answers. */
  readonly pause: () => unknown
  readonly resume: () => unknown
  /** Kills the server at once; `start` starts it again. */
  readonly kill: () => Promise<void>
  readonly start: () => Promise<unknown>
}

export const accountRef = (login: string): AccountRef => ({ person: login as PersonId, login })

const camille = accountRef('clefevre')
const thomas = accountRef('tpetit')

const accountClient = (fixture: () => ServiceFixture) => ({
  write: (account: AccountRef, password: string) => fixture().writer.write(account, password),
  prove: (account: AccountRef, password: string) => fixture().check.prove(account, password),
})

export const serviceContract = <Fixture extends ServiceFixture>(
  name: string,
  available: boolean,
  setUp: () => Promise<Fixture>,
  moreTests: (fixture: () => Fixture) => void = () => {},
) =>
  describe.runIf(available)(`the service contract: ${name}`, () => {
    let fixture: Fixture
    const { write, prove } = accountClient(() => fixture)
    beforeAll(async () => {
      fixture = await setUp()
    }, 180_000)
    afterAll(() => fixture?.stop())

    it('logs in with a written password, not with the old one or a wrong one', async () => {
      expect(await write(camille, 'Tr0mbone&Cascade-3')).toEqual({ ok: true })
      expect(await prove(camille, 'Tr0mbone&Cascade-3')).toEqual({ ok: true })
      expect(await prove(camille, 'Bienvenue!2026c')).toEqual({ ok: false, reason: 'login-refused' })
      expect(await prove(camille, 'tr0mbone&Cascade-3')).toEqual({ ok: false, reason: 'login-refused' })
    })

    it('accepts the same password again', async () => {
      expect(await write(camille, 'Tr0mbone&Cascade-3')).toEqual({ ok: true })
      expect(await write(camille, 'Tr0mbone&Cascade-3')).toEqual({ ok: true })
      expect(await prove(camille, 'Tr0mbone&Cascade-3')).toEqual({ ok: true })
    })

    it.each([`Quote'"Back\\Slash-1a`, 'Espace dedans -1a', '$6$Dollar#Diese%-1a', '*(uid=*)-Etoile-1a'])(
      'stores « %s » exactly',
      async password => {
        expect(await write(thomas, password)).toEqual({ ok: true })
        expect(await prove(thomas, password)).toEqual({ ok: true })
      },
    )

    it('stores a password that looks like a stored hash exactly, or refuses it, but never takes it for a hash', async () => {
      const written = await write(thomas, '{CLEAR}Accolade-1a')
      expect((await prove(thomas, '{CLEAR}Accolade-1a')).ok).toBe(written.ok)
      expect((await prove(thomas, 'Accolade-1a')).ok).toBe(false)
    })

    it('refuses an empty password', async () => {
      expect((await prove(camille, '')).ok).toBe(false)
    })

    it('reports a person who has no account, and refuses their login', async () => {
      expect(await write(accountRef('personne'), 'Tr0mbone&Cascade-3')).toEqual({
        ok: false,
        reason: 'service-no-account',
      })
      expect(await prove(accountRef('personne'), 'Tr0mbone&Cascade-3')).toEqual({
        ok: false,
        reason: 'login-refused',
      })
    })

    it('refuses a privileged account and leaves it unchanged', async () => {
      expect(await write(fixture.privileged, 'Tr0mbone&Cascade-3')).toEqual({
        ok: false,
        reason: 'service-privileged',
      })
      expect((await prove(fixture.privileged, 'Tr0mbone&Cascade-3')).ok).toBe(false)
    })

    moreTests(() => fixture)
  })

const serverFaultTests = (fixture: () => ServerFixture) => {
  const { write, prove } = accountClient(fixture)

  it('reports a server that hangs in time, and works again afterwards', async () => {
    fixture().pause()
    const pending = Promise.all([write(thomas, 'Pendant-Le-Silence-1'), prove(camille, 'Tr0mbone&Cascade-3')])
    expect(await completesWithin(Math.max(fixture().writer.longest, fixture().check.longest), pending)).toBe(
      true,
    )
    const [written, proved] = await pending
    expect(written).toMatchObject({
      ok: false,
      reason: expect.stringMatching(/^(service-unavailable|outcome-unknown)$/),
    })
    expect(proved).toEqual({ ok: false, reason: 'service-unavailable' })
    fixture().resume()
    expect(await write(thomas, 'Apres-Le-Silence-1')).toEqual({ ok: true })
    expect(await prove(thomas, 'Apres-Le-Silence-1')).toEqual({ ok: true })
  })

  it('reports a server that was killed, and works again once it is back', async () => {
    await fixture().kill()
    expect(await write(thomas, 'Pendant-La-Panne-1')).toEqual({ ok: false, reason: 'service-unavailable' })
    expect(await prove(thomas, 'Apres-Le-Silence-1')).toEqual({ ok: false, reason: 'service-unavailable' })
    await fixture().start()
    expect(await write(thomas, 'Apres-La-Panne-1')).toEqual({ ok: true })
    expect(await prove(thomas, 'Apres-La-Panne-1')).toEqual({ ok: true })
  })

  it('leaves either the old password or the new one when the server is killed during a write', async () => {
    expect((await write(camille, 'Avant-La-Coupure-1')).ok).toBe(true)
    const cut = write(camille, 'Pendant-La-Coupure-1')
    await fixture().kill()
    const outcome = await cut
    await fixture().start()
    const [previous, next] = [
      await prove(camille, 'Avant-La-Coupure-1'),
      await prove(camille, 'Pendant-La-Coupure-1'),
    ]
    expect([previous.ok, next.ok].filter(Boolean)).toHaveLength(1)
    if (outcome.ok) expect(next.ok).toBe(true)
    if (!outcome.ok && outcome.reason === 'service-unavailable') expect(previous.ok).toBe(true)
  })
}

/** The tests above, and those of a service whose server hangs, is killed and comes back. */
export const serverContract = (name: string, available: boolean, setUp: () => Promise<ServerFixture>) =>
  serviceContract(name, available, setUp, serverFaultTests)
