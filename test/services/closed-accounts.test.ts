import { Attribute, Change } from 'ldapts'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Application } from '../../src/application.ts'
import { hours, minutes } from '../../src/clock.ts'
import type { PersonId } from '../../src/directory/directory.ts'
import { openLdapDirectory } from '../../src/directory/ldap/ldap.ts'
import { createDeliverer } from '../../src/services/deliveries/deliver.ts'
import type { ServiceTarget } from '../../src/services/deliveries/targets.ts'
import { deliverDepsOf } from '../../src/start-jobs.ts'
import { movableClock } from '../world/clock.ts'
import { createFaultyService } from '../world/faulty-service.ts'
import { bases, worldPeople } from '../world/people.ts'
import { provedJourney } from '../world/proved-journey.ts'
import { quickApplication } from '../world/quick-application.ts'
import { scratchFolder } from '../world/scratch.ts'
import { hasSlapd, type Slapd, startSlapd } from '../world/slapd.ts'

const [yesterday, tomorrow] = ['20200101120000Z', '20991231120000Z']
type State = readonly [what: string, attribute: string, value: string]
const byServer: readonly State[] = [
  ['locked by an administrator', 'pwdAccountLockedTime', '000001010000Z'],
  ['that has not begun', 'pwdStartTime', tomorrow],
  ['past its end', 'pwdEndTime', yesterday],
]
const byRecord: readonly State[] = [
  ['past its date of end in SupAnn', 'supannEmpDateFin', yesterday],
  ['whose shadow entry has expired', 'shadowExpire', '18000'],
  ['suspended in SupAnn', 'supannRessourceEtat', '{COMPTE}S'],
]
const dn = `uid=clefevre,${bases.staff}`
const first = 'Bienvenue!2026c'
const desk = { by: 'desk', reason: 'test' } as const

describe.runIf(process.env.CI === 'true' || hasSlapd())('an account that OpenLDAP closes', () => {
  let slapd: Slapd
  let application: Application
  let camille: PersonId
  const clock = movableClock()
  const wifi = createFaultyService(() => 0.5, clock.now)
  const target: ServiceTarget = {
    id: 'wifi',
    reads: null,
    writer: wifi.service,
    check: wifi.service,
    provedBySource: false,
    expiresAfter: hours(48),
  }

  const set = (type: string, values: readonly string[]) =>
    slapd.asRoot(client =>
      client.modify(
        dn,
        new Change({ operation: 'replace', modification: new Attribute({ type, values: [...values] }) }),
      ),
    )
  const heldValue = async (attribute: string) => {
    const found = await slapd.asRoot(client => client.search(dn, { scope: 'base', attributes: [attribute] }))
    return String(found.searchEntries[0]?.[attribute] ?? '')
  }
  const deliverDue = async () => {
    const { queue } = application.deliveries
    for (const id of await queue.due('wifi', 50))
      await createDeliverer(deliverDepsOf(application), target)(id)
  }
  const choose = async (password: string) => {
    const facts = { language: 'fr', historyHash: password, charterVersion: null } as const
    const journey = await provedJourney(application.store, camille)
    const request = { kind: 'reset', person: camille, journey, facts } as const
    const { attempts, source } = application.passwordWrite
    const { attempt, insert } = await attempts.prepare(request, password)
    await application.store.transaction(insert)
    expect(await source.writePassword(attempt, password)).toMatchObject({ ok: true })
    return attempt.id
  }
  /** What the job does a while later. */
  const settleLater = async () => {
    clock.forward(hours(1))
    await application.passwordWrite.reconciler.run()
  }

  beforeAll(async () => {
    slapd = await startSlapd({ people: worldPeople(20) })
    await slapd.asRoot(client =>
      client
        .modify(
          dn,
          new Change({
            operation: 'add',
            modification: new Attribute({ type: 'objectClass', values: ['shadowAccount'] }),
          }),
        )
        .catch(() => {}),
    )
  })
  beforeEach(async () => {
    application = await quickApplication({
      folder: scratchFolder('sesame-closed-'),
      databaseUrl: undefined,
      clock,
      targets: [target],
      directory: openLdapDirectory(slapd.settings()),
    })
    const found = await application.directory.findLogin('clefevre')
    if (!found.ok || !found.person) throw new Error('Camille is gone')
    camille = found.person.id
    await application.passwordWrite.lock.saltOf(camille)
    await set('userPassword', [first])
  })
  afterEach(async () => {
    wifi.setFault('up')
    for (const [, attribute] of [...byServer, ...byRecord]) await set(attribute, [])
    await application.close()
  })
  afterAll(() => slapd?.stop())

  describe.each([
    ['the helpdesk', () => application.helpdesk.freeze(camille, desk)],
    [
      '« Ce n’est pas moi »',
      async () => {
        const by = { kind: 'person', id: camille } as const
        const order = {
          person: camille,
          by,
          reason: 'not-me',
          language: 'fr',
          event: 'test',
          device: '',
        } as const
        return (await application.accounts.freezing.freeze(order))?.writing ?? null
      },
    ],
  ] as const)('frozen by %s', (_by, freeze) => {
    it.each(byServer)(
      '%s, is not written and stays closed until it is opened there (%s)',
      async (_, attribute, value) => {
        await set(attribute, [value])
        const before = await heldValue('userPassword')
        expect(await freeze()).toEqual({ ok: false, reason: 'closed-by-server' })
        await settleLater()
        expect(await heldValue(attribute)).toBe(value)
        expect(await heldValue('userPassword')).toBe(before)
        const { freezes } = application.accounts
        expect(await freezes.find(camille)).toMatchObject({ kind: 'frozen', passwordWritten: false })
        expect(await application.helpdesk.unfreeze(camille, { ...desk, decided: 'keep' })).toEqual({
          ok: false,
          reason: 'old-password-valid',
        })

        await set(attribute, [])
        expect((await application.directory.bind(camille, first)).ok).toBe(true)
        await settleLater()
        expect((await application.directory.bind(camille, first)).ok).toBe(false)
        expect(await freezes.find(camille)).toMatchObject({ kind: 'frozen', passwordWritten: true })
        expect(await application.helpdesk.unfreeze(camille, { ...desk, decided: 'keep' })).toMatchObject({
          ok: true,
        })
      },
    )

    it.each(byRecord)(
      '%s, loses its old password, which the server still accepts, and stays closed (%s)',
      async (_, attribute, value) => {
        await set(attribute, [value])
        expect((await application.directory.bind(camille, first)).ok).toBe(true)
        expect((await freeze())?.ok).toBe(true)
        expect(await heldValue(attribute)).toBe(value)
        expect((await application.directory.bind(camille, first)).ok).toBe(false)
      },
    )
  })

  it('takes its old password from the services when it is frozen', async () => {
    await set('pwdAccountLockedTime', ['000001010000Z'])
    const before = wifi.recordedWrites.length
    await application.helpdesk.freeze(camille, desk)
    await deliverDue()
    expect(wifi.recordedWrites).toHaveLength(before + 1)
  })

  it('locked for a time after a password was accepted, gets it in the services when it opens', async () => {
    const locksKept = await quickApplication({
      folder: scratchFolder('sesame-locked-'),
      databaseUrl: undefined,
      clock,
      targets: [target],
      directory: openLdapDirectory(slapd.settings({ unlock: false })),
    })
    await locksKept.passwordWrite.lock.saltOf(camille)
    await application.close()
    application = locksKept
    wifi.setFault('down')
    const chosen = 'Tr0mbone&Locked-3'
    const attempt = await choose(chosen)
    await deliverDue()
    const lockedAt = new Date(clock.now() + minutes(10)).toISOString().replace(/[-:T]|\.\d+/g, '')
    await set('pwdAccountLockedTime', [lockedAt])
    wifi.setFault('up')
    clock.forward(minutes(10))
    await deliverDue()
    const { queue } = application.deliveries
    expect(await queue.statusesOfAttempt(attempt)).toMatchObject([{ state: 'waiting' }])
    await set('pwdAccountLockedTime', [])
    clock.forward(minutes(2))
    await deliverDue()
    expect(await queue.statusesOfAttempt(attempt)).toMatchObject([{ state: 'proved' }])
  })

  it.each([...byServer, ...byRecord])(
    '%s after a password was accepted, gets it in no service any more (%s)',
    async (_, attribute, value) => {
      wifi.setFault('down')
      // The history of the server refuses a password that it had before.
      const chosen = `Tr0mbone&${attribute}-3`
      const attempt = await choose(chosen)
      await deliverDue()
      await set(attribute, [value])
      wifi.setFault('up')
      clock.forward(minutes(10))
      await deliverDue()
      expect(wifi.recordedWrites.map(({ password }) => password)).not.toContain(chosen)
      expect(await application.deliveries.queue.statusesOfAttempt(attempt)).toMatchObject([
        { state: 'failed', reason: 'service-person-closed' },
      ])
      const sealed = await application.store.read
        .selectFrom('deliveries')
        .select('sealed')
        .where('attempt', '=', attempt)
        .execute()
      expect(sealed).toEqual([{ sealed: null }])
    },
  )
})
