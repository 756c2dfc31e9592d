import { once } from 'node:events'
import { join } from 'node:path'
import { Attribute, Change } from 'ldapts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { verifyAudit } from '../../src/audit/verify.ts'
import type { House } from '../../src/house.ts'
import { openHouseFor } from '../../src/portal.ts'
import type { Instant } from '../../src/services/source/source.ts'
import { bundle } from '../world/bundle.ts'
import type { Traveller } from '../world/crowd.ts'
import { available, type PortalKind, type Rig, startPortal } from '../world/portal.ts'
import { type PortalProcess, spawnPortal } from '../world/portal-process.ts'
import { root } from '../world/root.ts'
import { newVisitor, textOf } from '../world/visitor.ts'

const kinds: readonly PortalKind[] = [
  { directory: 'embedded', store: 'SQLite' },
  { directory: 'slapd', store: 'PostgreSQL' },
]
const rounds = 10
const together = 20

/** Every instant of a write (`services/source/source.ts`), and those at which the directory holds it already. */
const instants: readonly Instant[] = [
  ...(['attempt-committed', 'person-locked', 'about-to-write', 'written', 'proved', 'accepted'] as const),
]
const afterTheWrite: readonly Instant[] = ['written', 'proved', 'accepted']

/** Whatever a test does at once comes from one machine: the doors are not what is tested here. */
const wideDoors = {
  limits: {
    identificationPerNetwork: 1_000_000,
    journeysPerNetwork: 1_000_000,
    postsPerSecond: 1_000_000,
    postsPerSecondPerNetwork: 1_000_000,
  },
}

describe.each(kinds.filter(available))('kill -9 in the middle of $directory on $store', kind => {
  let rig: Rig
  let house: House
  let portal: PortalProcess
  let interrupted = 0
  let changedBeforeTheKill = 0
  let dying: string

  beforeAll(async () => {
    rig = await startPortal({
      ...kind,
      hashing: 'real',
      people: 20,
      crowd: (rounds + 1) * together + instants.length + 1,
      config: wideDoors,
    })
    dying = await bundle('test/world/dying-portal.ts', 'dying-portal.js')
    await rig.portal.close()
    house = await openHouseFor(rig.settings, { folders: { root, dist: join(root, 'dist') } })
    portal = await spawnPortal(rig)
  }, 120_000)
  afterAll(async () => {
    await portal?.kill()
    await house?.close()
    await rig?.slapd?.stop()
  })

  type Traveling = {
    traveller: Traveller
    visitor: ReturnType<typeof newVisitor>
    chosen: string
    told: boolean
  }

  const leave = async (traveller: Traveller): Promise<Traveling> => {
    const visitor = newVisitor(rig.url)
    await visitor.proveTraveller(traveller)
    return { traveller, visitor, chosen: `Tr0mbone&Cascade-${traveller.number}`, told: false }
  }

  /** Everybody submits at once; what was answered is remembered. */
  const submit = async (travelling: Traveling[]) => {
    const forms = await Promise.all(travelling.map(({ visitor }) => visitor.get('/fr/mot-de-passe/nouveau')))
    const sent = travelling.map(async (one, index) => {
      const form = {
        nouveau: one.chosen,
        confirmation: one.chosen,
        charte: 'oui',
        demarche: one.visitor.refIn(forms[index]?.html ?? ''),
      }
      const answer = await one.visitor.post('/fr/mot-de-passe/nouveau', form).catch(() => null)
      one.told = answer?.location?.endsWith('/termine') ?? false
      if (answer === null) interrupted += 1
    })
    return { answered: Promise.all(sent) }
  }

  /** How long so many submissions take on this machine: the instants of the kills are drawn from as long. */
  const timeOfSubmissions = async (travelling: Traveling[]) => {
    const begun = performance.now()
    await (await submit(travelling)).answered
    return performance.now() - begun
  }

  const submitAndDie = async (travelling: Traveling[], whole: number) => {
    const { answered } = await submit(travelling)
    await new Promise(resolve => setTimeout(resolve, Math.random() * whole))
    await portal.kill()
    await answered
  }

  const settled = () =>
    expect
      .poll(
        () =>
          house.store.read
            .selectFrom('attempts')
            .select('id')
            .where('state', '=', 'open')
            .execute()
            .then(({ length }) => length),
        { timeout: 30_000, interval: 100 },
      )
      .toBe(0)

  const opens = async ({ id }: Traveller, password: string) => (await house.directory.bind(id, password)).ok
  const count = async (table: 'password_history' | 'charter_acceptances', { id }: Traveller) =>
    (await house.store.read.selectFrom(table).select('id').where('person', '=', id).execute()).length
  const writtenEvents = async ({ id }: Traveller) =>
    (
      await house.store.read
        .selectFrom('audit_events')
        .select('sequence')
        .where('chain', '=', id)
        .where('kind', '=', 'password.written')
        .execute()
    ).length

  /** Either all of it happened, once, or none of it. */
  const judge = async ({ traveller, visitor, chosen, told }: Traveling) => {
    const changed = await opens(traveller, chosen)
    if (changed) changedBeforeTheKill += 1
    expect(await opens(traveller, traveller.first)).toBe(!changed)
    if (told) expect(changed).toBe(true)
    const facts = await Promise.all([
      count('password_history', traveller),
      count('charter_acceptances', traveller),
      writtenEvents(traveller),
    ])
    expect(facts).toEqual(changed ? [1, 1, 1] : [0, 0, 0])
    const where = changed ? '/fr/mot-de-passe/termine' : '/fr/mot-de-passe/nouveau'
    const page = await visitor.get(where)
    expect(page.status, `${traveller.login} at ${where}: ${page.location}`).toBe(200)
    if (!changed) {
      expect(textOf(page.html)).toContain('Choisissez un nouveau mot de passe')
      expect((await visitor.choose(chosen)).location).toMatch(/termine$/)
      expect(await opens(traveller, chosen)).toBe(true)
    }
  }

  it(`${rounds * together} journeys are each carried out whole or not at all`, {
    timeout: 1_800_000,
  }, async () => {
    const group = (round: number) =>
      Promise.all(rig.crowd.slice(round * together, (round + 1) * together).map(leave))
    const whole = await timeOfSubmissions(await group(rounds))
    for (let round = 0; round < rounds; round += 1) {
      const travelling = await group(round)
      await submitAndDie(travelling, whole)
      portal = await spawnPortal(rig)
      await settled()
      for (const one of travelling) await judge(one)
    }
    console.log(
      `kill: ${interrupted} of ${rounds * together} requests were cut by ${rounds} kills; ${changedBeforeTheKill} had changed`,
    )
    expect(interrupted).toBeGreaterThan(rounds)
    expect(changedBeforeTheKill).toBeGreaterThan(0)
    expect(changedBeforeTheKill).toBeLessThan(rounds * together)
  })

  it('no accepted mail is lost, and none is sent twice', { timeout: 400_000 }, async () => {
    const { read } = house.store
    await expect
      .poll(async () => (await read.selectFrom('notices').select('id').execute()).length, {
        timeout: 240_000,
      })
      .toBe(0)
    const received = async () =>
      (await read.selectFrom('demo_mails').select('recipient').execute()).map(({ recipient }) => recipient)
    const expected = rig.crowd
      .slice(0, (rounds + 1) * together)
      .map(({ login }) => `${login}@univ.example`)
      .sort()
    await expect
      .poll(async () => (await received()).filter(to => to.startsWith('foule')).sort(), {
        timeout: 180_000,
        interval: 500,
      })
      .toEqual(expected)
  })

  /** Somebody chooses a password, and the process dies at that instant of its write. */
  const dieAt = async (at: Instant, index: number, before: () => Promise<unknown> = async () => {}) => {
    await portal.kill()
    portal = await spawnPortal(rig, undefined, { script: dying, at })
    const gone = once(portal.child, 'exit')
    const one = await leave(rig.crowd[(rounds + 1) * together + index] as Traveller)
    await before()
    await expect(one.visitor.choose(one.chosen)).rejects.toThrow()
    expect(await gone).toEqual([null, 'SIGKILL'])
    return one
  }

  it.each(instants)(
    'dies at « %s »: all of it happened, once, or none of it',
    {
      timeout: 240_000,
    },
    async at => {
      const one = await dieAt(at, instants.indexOf(at))
      portal = await spawnPortal(rig)
      await settled()
      expect(await opens(one.traveller, one.chosen)).toBe(afterTheWrite.includes(at))
      await judge(one)
    },
  )

  // The embedded directory has no rule that Sésame does not know first.
  if (kind.directory === 'slapd')
    it('dies once the directory has refused: the choice is open again', {
      timeout: 240_000,
    }, async () => {
      const minimumLength = (length: string) =>
        rig.slapd?.asRoot(client =>
          client.modify(
            'cn=default,ou=policies,dc=univ,dc=example',
            new Change({
              operation: 'replace',
              modification: new Attribute({ type: 'pwdMinLength', values: [length] }),
            }),
          ),
        )
      const one = await dieAt('refusal-known', instants.length, async () => minimumLength('30'))
      await minimumLength('8')
      portal = await spawnPortal(rig)
      await settled()
      expect(await opens(one.traveller, one.chosen)).toBe(false)
      await judge(one)
    })

  it('the audit chains are whole', async () => {
    const { broken, events } = await verifyAudit(house)
    expect(broken).toEqual([])
    expect(events).toBeGreaterThan(rounds * together * 4)
  })

  it('a stop asked by the operator answers what is under way, and ends cleanly', async () => {
    const visitor = newVisitor(rig.url)
    const asked = visitor.identify('numero-personnel', '880001', '2/1/1980')
    await new Promise(resolve => setTimeout(resolve, 60))
    const code = portal.stop()
    expect((await asked).status).toBe(303)
    expect(await code).toBe(0)
    portal = await spawnPortal(rig)
  })
})
