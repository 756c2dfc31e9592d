import { once } from 'node:events'
import { join } from 'node:path'
import { Attribute, Change } from 'ldapts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Application } from '../../src/application.ts'
import { verifyAudit } from '../../src/audit/verify.ts'
import { minutes } from '../../src/clock.ts'
import { createApplicationFor } from '../../src/portal.ts'
import type { Failpoint } from '../../src/services/source/source.ts'
import { auditPartsOf } from '../world/application-parts.ts'
import { bundle } from '../world/bundle.ts'
import type { CrowdMember } from '../world/crowd.ts'
import { unlimitedJourneys, unlimitedPosts } from '../world/limits.ts'
import { available, type PortalFixture, type PortalKind, startPortal } from '../world/portal.ts'
import { type PortalProcess, spawnPortal } from '../world/portal-process.ts'
import { quickHashing } from '../world/quick-hashing.ts'
import { root } from '../world/root.ts'
import { newVisitor, textOf } from '../world/visitor.ts'

const kinds: readonly PortalKind[] = [
  { directory: 'embedded', store: 'SQLite' },
  { directory: 'slapd', store: 'PostgreSQL' },
]
const rounds = 10
const together = 20

/** The failpoints of a write (`services/source/source.ts`), and those after which the directory has the new password. */
const failpoints: readonly Failpoint[] = [
  'attempt-committed',
  'person-locked',
  'about-to-write',
  'written',
  'proved',
  'accepted',
]
const afterTheWrite: readonly Failpoint[] = ['written', 'proved', 'accepted']

/** The requests come from one machine: the limits are not tested here. */
const wideLimits = {
  limits: { ...unlimitedPosts, ...unlimitedJourneys },
}

describe.each(kinds.filter(available))('kill -9 in the middle of $directory on $store', kind => {
  let fixture: PortalFixture
  let application: Application
  let portal: PortalProcess
  let interrupted = 0
  let changedBeforeTheKill = 0
  let crashingScript: string
  /** Milliseconds from a submission to its answer. */
  let whole = 0

  beforeAll(async () => {
    fixture = await startPortal({
      ...kind,
      people: 20,
      crowd: rounds * together + failpoints.length + 1,
      config: wideLimits,
    })
    crashingScript = await bundle('test/world/crashing-portal.ts', 'crashing-portal.js')
    await fixture.portal.close()
    application = await createApplicationFor(fixture.settings, {
      hashing: quickHashing(),
      folders: { root, dist: join(root, 'dist') },
    })
    portal = await next()
  }, 120_000)
  afterAll(async () => {
    await portal?.kill()
    await application?.close()
    await fixture?.slapd?.stop()
  })

  const next = () => spawnPortal(fixture, undefined, { script: crashingScript })

  type Submission = {
    crowdMember: CrowdMember
    visitor: ReturnType<typeof newVisitor>
    chosen: string
    accepted: boolean
  }

  const leave = async (crowdMember: CrowdMember): Promise<Submission> => {
    const visitor = newVisitor(fixture.url)
    await visitor.answerJokerAs(crowdMember)
    return { crowdMember, visitor, chosen: `Tr0mbone&Cascade-${crowdMember.number}`, accepted: false }
  }

  /** Submits all forms at once and records which were accepted. `onAnswer` is called for each answer. */
  const submit = async (submissions: Submission[], onAnswer: () => void) => {
    const forms = await Promise.all(submissions.map(({ visitor }) => visitor.get('/fr/mot-de-passe/nouveau')))
    const sent = submissions.map(async (one, index) => {
      const form = {
        nouveau: one.chosen,
        confirmation: one.chosen,
        charte: 'oui',
        demarche: one.visitor.refIn(forms[index]?.html ?? ''),
      }
      const answer = await one.visitor.post('/fr/mot-de-passe/nouveau', form).catch(() => null)
      one.accepted = answer?.location?.endsWith('/termine') ?? false
      if (answer === null) interrupted += 1
      else onAnswer()
    })
    return { answered: Promise.all(sent) }
  }

  /** Expires the leases that a killed process still has on mails and notices. */
  const expireLeases = () =>
    application.store.transaction(async tx => {
      for (const table of ['notices', 'mails'] as const)
        await tx
          .updateTable(table)
          .set({ lease_until: 0 })
          .where('lease_until', '<', application.clock.now() + minutes(2))
          .execute()
    })

  /**
   * Dies in the first round at the first answer, which is so long after all were sent as a submission takes here; in the second
   * before any; then at any moment of twice that time, since a process is slow at first.
   */
  const killDuring = async (submissions: Submission[], round: number) => {
    const { promise: first, resolve } = Promise.withResolvers<void>()
    const { answered } = await submit(submissions, resolve)
    const begun = performance.now()
    if (round === 0) {
      await first
      whole = performance.now() - begun
    } else if (round > 1) await new Promise(rest => setTimeout(rest, Math.random() * 2 * whole))
    await portal.kill()
    await answered
    await expireLeases()
  }

  const settled = () =>
    expect
      .poll(
        () =>
          application.store.read
            .selectFrom('attempts')
            .select('id')
            .where('state', '=', 'open')
            .execute()
            .then(({ length }) => length),
        { timeout: 60_000 },
      )
      .toBe(0)

  const opens = async ({ id }: CrowdMember, password: string) =>
    (await application.directory.bind(id, password)).ok
  const count = async (table: 'password_history' | 'charter_acceptances', { id }: CrowdMember) =>
    (await application.store.read.selectFrom(table).select('id').where('person', '=', id).execute()).length
  const writtenEvents = async ({ id }: CrowdMember) =>
    (
      await application.store.read
        .selectFrom('audit_events')
        .select('sequence')
        .where('chain', '=', id)
        .where('kind', '=', 'password.written')
        .execute()
    ).length

  /** Either all of it happened, once, or none of it. */
  const judge = async ({ crowdMember, visitor, chosen, accepted }: Submission) => {
    const changed = await opens(crowdMember, chosen)
    if (changed) changedBeforeTheKill += 1
    expect(await opens(crowdMember, crowdMember.initialPassword)).toBe(!changed)
    if (accepted) expect(changed).toBe(true)
    const facts = await Promise.all([
      count('password_history', crowdMember),
      count('charter_acceptances', crowdMember),
      writtenEvents(crowdMember),
    ])
    expect(facts).toEqual(changed ? [1, 1, 1] : [0, 0, 0])
    const where = changed ? '/fr/mot-de-passe/termine' : '/fr/mot-de-passe/nouveau'
    const page = await visitor.get(where)
    expect(page.status, `${crowdMember.login} at ${where}: ${page.location}`).toBe(200)
    if (!changed) {
      expect(textOf(page.html)).toContain('Choisissez un nouveau mot de passe')
      expect((await visitor.choose(chosen)).location).toMatch(/termine$/)
      expect(await opens(crowdMember, chosen)).toBe(true)
    }
  }

  it(`${rounds * together} journeys are each carried out completely or not at all`, {
    timeout: 1_800_000,
  }, async () => {
    const group = (round: number) =>
      Promise.all(fixture.crowd.slice(round * together, (round + 1) * together).map(leave))
    for (let round = 0; round < rounds; round += 1) {
      const submissions = await group(round)
      await killDuring(submissions, round)
      portal = await next()
      await settled()
      await Promise.all(submissions.map(judge))
    }
    console.log(
      `kill: ${interrupted} of ${rounds * together} requests were cut by ${rounds} kills; ${changedBeforeTheKill} had changed`,
    )
    expect(interrupted).toBeGreaterThan(rounds)
    expect(changedBeforeTheKill).toBeGreaterThan(0)
    expect(changedBeforeTheKill).toBeLessThan(rounds * together)
  })

  it('no accepted mail is lost, and none is sent twice', { timeout: 400_000 }, async () => {
    const { read } = application.store
    await expect
      .poll(async () => (await read.selectFrom('notices').select('id').execute()).length, {
        timeout: 240_000,
      })
      .toBe(0)
    const received = async () =>
      (await read.selectFrom('demo_mails').select('recipient').execute()).map(({ recipient }) => recipient)
    const expected = fixture.crowd
      .slice(0, rounds * together)
      .map(({ login }) => `${login}@univ.example`)
      .sort()
    await expect
      .poll(async () => (await received()).filter(to => to.startsWith('foule')).sort(), {
        timeout: 180_000,
        interval: 500,
      })
      .toEqual(expected)
  })

  /** Submits a password, and kills the process at this failpoint of the write. */
  const killAt = async (at: Failpoint, index: number, before: () => Promise<unknown> = async () => {}) => {
    await portal.kill()
    portal = await spawnPortal(fixture, undefined, { script: crashingScript, at })
    const gone = once(portal.child, 'exit')
    const one = await leave(fixture.crowd[rounds * together + index] as CrowdMember)
    await before()
    await expect(one.visitor.choose(one.chosen)).rejects.toThrow()
    expect(await gone).toEqual([null, 'SIGKILL'])
    return one
  }

  it.each(failpoints)(
    'killed at « %s »: the write happened completely, once, or not at all',
    {
      timeout: 240_000,
    },
    async at => {
      const one = await killAt(at, failpoints.indexOf(at))
      portal = await next()
      await settled()
      expect(await opens(one.crowdMember, one.chosen)).toBe(afterTheWrite.includes(at))
      await judge(one)
    },
  )

  // The embedded directory has no rule that Sésame does not know first.
  if (kind.directory === 'slapd')
    it('killed after the directory refused: another password can be chosen', {
      timeout: 240_000,
    }, async () => {
      const minimumLength = (length: string) =>
        fixture.slapd?.asRoot(client =>
          client.modify(
            'cn=default,ou=policies,dc=univ,dc=example',
            new Change({
              operation: 'replace',
              modification: new Attribute({ type: 'pwdMinLength', values: [length] }),
            }),
          ),
        )
      const one = await killAt('refusal-known', failpoints.length, async () => minimumLength('30'))
      await minimumLength('8')
      portal = await next()
      await settled()
      expect(await opens(one.crowdMember, one.chosen)).toBe(false)
      await judge(one)
    })

  it('the audit chains are intact', async () => {
    const { broken, events } = await verifyAudit(auditPartsOf(application))
    expect(broken).toEqual([])
    expect(events).toBeGreaterThan(rounds * together * 4)
  })

  it('a stop by the operator answers the requests in progress, and exits cleanly', async () => {
    await portal.kill()
    // An identification is answered after two seconds: it is in progress once its journey is in the store.
    const limits = { ...fixture.settings.limits, identificationFloor: 2000 }
    portal = await spawnPortal(fixture, Number(new URL(fixture.url).port), undefined, { limits })
    const begun = async () =>
      (await application.store.read.selectFrom('journeys').select('id').execute()).length
    const before = await begun()
    const visitor = newVisitor(fixture.url)
    const asked = visitor.identify('numero-personnel', '880001', '2/1/1980')
    await expect.poll(begun).toBe(before + 1)
    const code = portal.stop()
    expect((await asked).status).toBe(303)
    expect(await code).toBe(0)
    portal = await next()
  })
})
