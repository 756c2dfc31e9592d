import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type BrowserUser, hasChromium, launchChromium, openBrowserUser } from '../world/browser.ts'
import { movableClock } from '../world/clock.ts'
import {
  type CrowdMember,
  type Fields,
  type Journey,
  type Journeys,
  journeysOf,
  press,
  proofJourneysOf,
  type Step,
  scriptedJourneys,
  severalProofs,
} from '../world/journey-states.ts'
import { unlimited } from '../world/limits.ts'
import { type PortalFixture, startPortal } from '../world/portal.ts'

/** Events of which a change leaves one. */
const changes = [
  'password.written',
  'charter.accepted',
  'joker.set',
  'contact.added',
  'factor.added',
  'factor.removed',
  'factor.right',
  'activation.accepted',
  'identifier.told',
  'joker.right',
  'proof.right',
  'code.right',
  'activation.code-right',
  'sign-in.accepted',
  'sign-in.confirmed',
  'session.ended',
]

const send = async (user: BrowserUser, fields: Fields, button?: string) => {
  if (button) return press(user, button)
  const { page } = user
  for (const [field, value] of Object.entries(fields))
    if (value === true) await page.locator(field).check()
    else await page.locator(field).fill(value)
  const form = page.locator('main form').filter({ has: page.locator(Object.keys(fields)[0] ?? '') })
  const loaded = page.waitForEvent('domcontentloaded')
  await form.locator('button[type=submit]').first().click()
  await loaded
}

/** Pages that this browser was shown, with how they were asked for. */
const follow = (user: BrowserUser) => {
  const faults: string[] = []
  let method = ''
  user.page.on('response', response => {
    const asked = response.request()
    if (!asked.isNavigationRequest()) return
    method = asked.method()
    // 422: what was typed is refused. Anything else from 400 on is an error page.
    if (response.status() >= 400 && response.status() !== 422)
      faults.push(`${method} ${asked.url()}: ${response.status()}`)
  })
  return { faults, method: () => method }
}

type Walk = {
  readonly user: BrowserUser
  readonly person: CrowdMember
  readonly scripts: boolean
  readonly asked: ReturnType<typeof follow>
  readonly changes: () => Promise<readonly string[]>
}

const reload = ({ page }: BrowserUser) => page.reload({ waitUntil: 'domcontentloaded' })
const isAt = ({ path }: BrowserUser, wanted: string) =>
  expect(path().startsWith(wanted), `${path()} is ${wanted}`).toBe(true)

/** The page before, as it was asked for: playwright throws where the browser shows an error page of its own. */
const back = async ({ page }: BrowserUser, from: string) => {
  await page.goBack({ waitUntil: 'domcontentloaded' })
  expect(await page.locator('h1').count(), `Back from ${from}`).toBe(1)
}

/** Reloaded; refused, reloaded, left by Back: the same page, and where a refusal redirects nothing is sent again. */
const checkRefusal = async ({ user, person, asked }: Walk, { path, wrong, redirects }: Step) => {
  await reload(user)
  isAt(user, path)
  const heading = await user.heading()
  if (wrong) {
    await send(user, wrong({ person, user }))
    expect(await user.page.locator('.summary').count(), path).toBe(1)
    await reload(user)
    expect(asked.method(), `a reload of ${path}`).toBe(redirects ? 'GET' : 'POST')
    expect(await user.heading(), path).toBe(heading)
  }
  await back(user, path)
}

/** Where the page of a refusal is one that answered the form, only a script keeps Back from asking to send it again. */
const canCorrect = ({ scripts }: Walk, { redirects }: Step) => scripts || redirects

/** Refused and corrected, accepted, reloaded, left by Back and sent again: done once. */
const checkSent = async (walk: Walk, step: Step, following: string) => {
  const { user, person } = walk
  const { path, wrong, right, button, renews } = step
  await user.open(path)
  if (wrong && canCorrect(walk, step)) await send(user, wrong({ person, user }))
  const fields = await right({ person, user })
  await send(user, fields, button)
  isAt(user, following)
  const done = await walk.changes()
  await reload(user)
  isAt(user, following)
  await back(user, following)
  const first = Object.keys(fields)[0]
  if (first && !renews && (await user.page.locator(first).count()) > 0) await send(user, fields)
  expect(await walk.changes(), `sent again at ${path}`).toEqual(done)
}

describe.skipIf(!hasChromium() && process.env.CI !== 'true')('Back and reload', { timeout: 240_000 }, () => {
  let fixture: PortalFixture
  /** The portal whose policy has several proofs. */
  let choosing: PortalFixture
  let browser: Browser
  const taken = new Map<PortalFixture, number>()
  const clock = movableClock()
  beforeAll(async () => {
    const kind = { directory: 'embedded', store: 'SQLite', clock } as const
    fixture = await startPortal({ ...kind, crowd: 32, config: { limits: unlimited } })
    const recovery = { password: severalProofs, identifier: severalProofs }
    choosing = await startPortal({ ...kind, crowd: 4, config: { limits: unlimited, recovery } })
    browser = await launchChromium()
  })
  afterAll(async () => {
    await browser?.close()
    await fixture?.stop()
    await choosing?.stop()
  })

  const changesOf = async ({ application }: PortalFixture, { id }: CrowdMember) => {
    const events = await application.store.read
      .selectFrom('audit_events')
      .select('kind')
      .where('chain', '=', id)
      .where('kind', 'in', changes)
      .execute()
    return events.map(({ kind }) => kind).toSorted()
  }

  const startWalk = async (portal: PortalFixture, scripts: boolean, { signedIn, prepare }: Journey) => {
    const at = taken.get(portal) ?? 0
    taken.set(portal, at + 1)
    const person = portal.crowd[at]
    if (!person) throw new Error('nobody is left')
    // A passkey belongs to a name, never to an address.
    const base = portal.url.replace('127.0.0.1', 'localhost')
    const user = await openBrowserUser(browser, base, { javaScriptEnabled: scripts })
    if (signedIn) {
      await user.open(`/fr/connexion/vers/${signedIn}`)
      await send(user, { '#identifiant': person.login, '#motdepasse': person.initialPassword })
    }
    await prepare?.({ person, user })
    return { user, person, scripts, asked: follow(user), changes: () => changesOf(portal, person) }
  }

  const check = async (portal: PortalFixture, scripts: boolean, journey: Journey) => {
    const walk = await startWalk(portal, scripts, journey)
    const { user } = walk
    const before = await walk.changes()
    const { steps, end } = journey
    await user.open(steps[0]?.path ?? '')
    for (const [at, step] of steps.entries()) {
      const next = steps[at + 1]?.path ?? end
      await checkRefusal(walk, step)
      await checkSent(walk, step, step.leadsTo ?? next)
      await user.open(next.endsWith('/') ? step.path : next)
    }
    expect(await walk.changes()).not.toEqual(before)
    expect(walk.asked.faults).toEqual([])
    expect(user.faults).toEqual([])
    await user.leave()
  }

  const nothing = 'from every state of %s: no error page, nothing done twice, and one sees where one is'
  const namesOf = (all: (world: { fixture: PortalFixture; clock: typeof clock }) => Journeys) =>
    Object.keys(all({ fixture, clock }))

  describe.each([
    { scripts: 'on', isScripted: true },
    { scripts: 'off', isScripted: false },
  ])('scripts $scripts', ({ isScripted }) => {
    it.each(namesOf(journeysOf))(nothing, async name => {
      const journey = journeysOf({ fixture, clock })[name]
      if (journey) await check(fixture, isScripted, journey)
    })

    it.each(namesOf(proofJourneysOf))(nothing, async name => {
      const journey = proofJourneysOf({ fixture: choosing, clock })[name]
      if (journey) await check(choosing, isScripted, journey)
    })
  })

  it.each(Object.entries(scriptedJourneys))(nothing, (_, journey) => check(fixture, true, journey))
})
