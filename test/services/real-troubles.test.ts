import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { minutes } from '../../src/clock.ts'
import type { PersonId } from '../../src/directory/directory.ts'
import type { AccountRef } from '../../src/services/services.ts'
import type { Failpoint } from '../../src/services/source/source.ts'
import { movableClock } from '../world/clock.ts'
import { available, type PortalFixture, startPortal } from '../world/portal.ts'
import { seed } from '../world/properties.ts'
import { provedJourney } from '../world/proved-journey.ts'
import { hasRadius, type Radius, startRadius } from '../world/radius.ts'
import { hasSambaAd, type SambaAd, startSambaAd } from '../world/samba-ad.ts'
import { seededRandom } from '../world/seeded-random.ts'

const runs = { rounds: 10, logins: ['clefevre', 'ybenali', 'ext-odubois', 'tpetit', 'nhaddad'] }
const draw = seededRandom(seed)
const pick = <T>(from: readonly T[]) => from[Math.floor(draw() * from.length)] as T

class Killed extends Error {}
const killable: readonly Failpoint[] = [
  'delivery-claimed',
  'delivery-about-to-write',
  'delivery-sent',
  'delivery-finished',
]

type Server = { pause(): unknown; resume(): unknown; kill(): Promise<unknown>; start(): Promise<unknown> }

/** The faults of a server, and how each is ended. */
const troubles: Readonly<Record<string, (server: Server) => Promise<() => Promise<unknown>>>> = {
  none: async () => async () => {},
  silent: async server => {
    await server.pause()
    return async () => server.resume()
  },
  gone: async server => {
    await server.kill()
    return () => server.start()
  },
}

const ready =
  process.env.CI === 'true' ||
  (available({ directory: 'slapd', store: 'SQLite' }) && hasRadius() && hasSambaAd())

describe.runIf(ready)('deliveries to a real FreeRADIUS and a real Active Directory', () => {
  let fixture: PortalFixture
  let radius: Radius
  let domain: SambaAd
  let armed: Failpoint | null = null
  let kills = 0
  let serial = 0
  const clock = movableClock()

  const services = () => {
    const named = (id: string, more: object) => ({
      id,
      name: { fr: id, en: id },
      use: { fr: id, en: id },
      ...more,
    })
    const { server, port, secretFile, caFile, realm } = radius
    return [
      named('cas', { reads: 'source' }),
      named('eduroam', {
        writer: { kind: 'samba', timeout: 3000 },
        check: {
          kind: 'eap',
          server,
          port,
          secretFile,
          caFile,
          realm,
          serverName: 'localhost',
          timeout: 3000,
        },
      }),
      named('telephony', {
        writer: { kind: 'active-directory', ...domain.accounts(), connectTimeout: 1000, answerTimeout: 2000 },
      }),
      named('printing', { reads: 'telephony' }),
    ]
  }

  beforeAll(async () => {
    domain = await startSambaAd()
    fixture = await startPortal({
      directory: 'slapd',
      store: 'SQLite',
      people: 30,
      clock,
      config: async slapd => {
        radius = await startRadius(slapd)
        return { services: services(), limits: { serviceLogins: 1000 } }
      },
      failpoints: at => {
        if (at !== armed) return
        armed = null
        kills += 1
        throw new Killed(at)
      },
    })
  }, 240_000)
  afterAll(async () => {
    await fixture?.stop()
    await radius?.stop()
    await domain?.stop()
  })

  const holderOf = async (login: string): Promise<AccountRef> => {
    const found = await fixture.application.directory.findLogin(login)
    if (!found.ok || !found.person) throw new Error(`${login} is not in the directory`)
    return { person: found.person.id, login }
  }

  const choose = async (person: PersonId, password: string) => {
    const facts = { language: 'fr', historyHash: password, charterVersion: null } as const
    const journey = await provedJourney(fixture.application.store, person)
    const order = { kind: 'reset', person, journey, facts } as const
    const { attempt, insert } = await fixture.application.passwordWrite.attempts.prepare(order, password)
    await fixture.application.store.transaction(insert)
    const outcome = await fixture.application.passwordWrite.source.writePassword(attempt, password)
    expect(outcome).toMatchObject({ ok: true })
    return attempt.id
  }

  const statesOf = async (attempt: string) =>
    Object.fromEntries(
      (await fixture.application.deliveries.queue.statusesOfAttempt(attempt)).map(
        ({ service, state, reason }) => [service, reason ?? state],
      ),
    )
  const all = { cas: 'proved', eduroam: 'proved', telephony: 'proved', printing: 'proved' }

  const opens = async (who: AccountRef, password: string) => {
    const logins = fixture.application.deliveries.targets.map(async ({ id, check }) => [
      id,
      (await check?.prove(who, password))?.ok,
    ])
    return Object.fromEntries(await Promise.all(logins))
  }

  const round = async (number: number) => {
    const [wifi, phone] = [pick(Object.keys(troubles)), pick(Object.keys(troubles))]
    const ends = [await troubles[wifi]?.(radius), await troubles[phone]?.(domain)]
    const people = await Promise.all(runs.logins.map(holderOf))
    armed = number % 2 === 0 ? pick(killable) : null
    serial += 1
    const passwordOf = ({ login }: AccountRef) => `Tr0mbone&${login.slice(0, 3)}-Cascade-${serial}`
    const attempts = await Promise.all(people.map(who => choose(who.person, passwordOf(who))))
    await new Promise(resolve => setTimeout(resolve, draw() * 2500))
    for (const end of ends) await end?.()
    armed = null
    await expect
      .poll(
        async () => {
          clock.forward(minutes(1))
          return Promise.all(attempts.map(statesOf))
        },
        { timeout: 90_000, interval: 1500, message: `round ${number}: Wi-Fi ${wifi}, directory ${phone}` },
      )
      .toEqual(attempts.map(() => all))
    const open = { cas: true, eduroam: true, telephony: true, printing: true }
    for (const who of people) expect(await opens(who, passwordOf(who)), who.login).toEqual(open)
    const [first] = people
    if (first && serial > 1)
      expect(
        Object.values(await opens(first, `Tr0mbone&${first.login.slice(0, 3)}-Cascade-${serial - 1}`)),
      ).toEqual([false, false, false, false])
    return `${wifi}/${phone}`
  }

  it(`${runs.rounds * runs.logins.length} changes reach every service, whatever it suffers, and each ✓ is a real login`, {
    timeout: 900_000,
  }, async () => {
    const outcomes: string[] = []
    for (let number = 0; number < runs.rounds; number += 1) outcomes.push(await round(number))
    const rows = await fixture.application.store.read.selectFrom('deliveries').select('sealed').execute()
    expect(rows.filter(({ sealed }) => sealed !== null)).toEqual([])
    console.log(
      `real troubles (seed ${seed}): Wi-Fi/directory ${outcomes.join(', ')}; ${kills} workers killed`,
    )
    expect(outcomes.some(one => one !== 'none/none')).toBe(true)
  })
})
