import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type BrowserUser, hasChromium, launchChromium, openBrowserUser } from '../world/browser.ts'
import { movableClock } from '../world/clock.ts'
import { activationCodeFor } from '../world/crowd.ts'
import { unlimited } from '../world/limits.ts'
import { codeSentTo } from '../world/mailbox.ts'
import { type PortalFixture, startPortal } from '../world/portal.ts'

type CrowdMember = PortalFixture['crowd'][number]
type Fields = Readonly<Record<string, string | true>>

/** A state, and the form of its page. `redirects`: a refusal leads back to the page, and a reload sends nothing. */
type Step = {
  readonly path: string
  readonly wrong: Fields
  readonly right: (person: CrowdMember) => Fields | Promise<Fields>
  readonly redirects: boolean
  /** Back opens an empty form: filled in and sent again, it is another change, as one asks for. */
  readonly renews?: boolean
}

type Journey = {
  readonly steps: readonly Step[]
  /** Where the last step leads. */
  readonly end: string
  /** The name of the page to which the sign-in returns; absent: no sign-in. */
  readonly signedIn?: string
  readonly prepare?: (person: CrowdMember) => Promise<unknown>
}

const chosen = 'Tr0mbone&Cascade-3'
const password = (field: Fields = {}): Omit<Step, 'path'> => ({
  wrong: { ...field, '#nouveau': 'court', '#confirmation': 'autre' },
  right: ({ initialPassword }) => ({
    ...(field['#ancien'] && { '#ancien': initialPassword }),
    '#nouveau': chosen,
    '#confirmation': chosen,
    '#charte': true,
  }),
  redirects: true,
})
const identification = (start: string): Step => ({
  path: `/fr/${start}/identification/numero-personnel`,
  wrong: { '#numero': '', '#naissance': '31/2/1980' },
  right: ({ number, date }) => ({ '#numero': number, '#naissance': date }),
  redirects: false,
  renews: true,
})
const joker = (start: string): Step => ({
  path: `/fr/${start}/question-joker`,
  wrong: { '#reponse': 'faux' },
  right: () => ({ '#reponse': 'rex' }),
  redirects: false,
})
const newJoker = { '#question': true, '#reponse': 'Belphégor' } as const

/** Events of which a change leaves one. */
const changes = [
  'password.written',
  'charter.accepted',
  'joker.set',
  'contact.added',
  'factor.added',
  'activation.accepted',
  'identifier.told',
  'joker.right',
  'code.right',
  'activation.code-right',
]

describe.skipIf(!hasChromium() && process.env.CI !== 'true')('Back and reload', { timeout: 240_000 }, () => {
  let fixture: PortalFixture
  let browser: Browser
  let next = 0
  beforeAll(async () => {
    const kind = { directory: 'embedded', store: 'SQLite' } as const
    fixture = await startPortal({ ...kind, clock: movableClock(), crowd: 14, config: { limits: unlimited } })
    browser = await launchChromium()
  })
  afterAll(async () => {
    await browser?.close()
    await fixture?.stop()
  })

  const mailOf = ({ login }: CrowdMember) => `${login}@maison.example`
  const contactSteps = (start: string, redirects: boolean): readonly Step[] => [
    {
      path: start,
      wrong: { [redirects ? '#mail' : '#contact']: 'x' },
      right: person => ({ [redirects ? '#mail' : '#contact']: mailOf(person) }),
      redirects,
    },
    {
      path: redirects ? `${start}/mail` : `${start}/code`,
      wrong: { '#code': '1' },
      right: async person => ({ '#code': await codeSentTo(fixture, mailOf(person)) }),
      redirects,
    },
  ]

  /** The journeys, and forms of a signed-in person. */
  const journeys: Readonly<Record<string, Journey>> = {
    'a forgotten password': {
      steps: [
        identification('mot-de-passe'),
        joker('mot-de-passe'),
        { path: '/fr/mot-de-passe/nouveau', ...password() },
      ],
      end: '/fr/mot-de-passe/termine',
    },
    'a forgotten login': {
      steps: [identification('identifiant'), joker('identifiant')],
      end: '/fr/identifiant/termine',
    },
    'an activation': {
      prepare: person => activationCodeFor(fixture.application, person),
      steps: [
        identification('activation'),
        {
          path: '/fr/activation/code',
          wrong: { '#code': 'AAAA-BBBB-CCCC-DDDD' },
          right: async person => ({ '#code': await activationCodeFor(fixture.application, person) }),
          redirects: false,
        },
        { path: '/fr/activation/mot-de-passe', ...password() },
        {
          path: '/fr/activation/question-joker',
          wrong: { '#reponse': 'ab' },
          right: () => newJoker,
          redirects: false,
        },
        ...contactSteps('/fr/activation/adresse', false),
      ],
      end: '/fr/activation/mobile',
    },
    'a change of password': {
      signedIn: 'mot-de-passe',
      steps: [{ path: '/fr/compte/mot-de-passe', ...password({ '#ancien': 'faux' }) }],
      end: '/fr/compte/mot-de-passe/',
    },
    'a new address': {
      signedIn: 'adresses',
      steps: contactSteps('/fr/compte/adresses', true),
      end: '/fr/compte/adresses',
    },
    'a new secret question': {
      signedIn: 'question-joker',
      steps: [
        {
          path: '/fr/compte/question-joker',
          wrong: { '#reponse': 'ab' },
          right: () => newJoker,
          redirects: true,
          renews: true,
        },
      ],
      end: '/fr/compte',
    },
  }

  const send = async ({ page }: BrowserUser, fields: Fields) => {
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

  const reload = ({ page }: BrowserUser) => page.reload({ waitUntil: 'domcontentloaded' })
  const back = ({ page }: BrowserUser) => page.goBack({ waitUntil: 'domcontentloaded' })

  const changesOf = async ({ id }: CrowdMember) => {
    const events = await fixture.application.store.read
      .selectFrom('audit_events')
      .select('kind')
      .where('chain', '=', id)
      .where('kind', 'in', changes)
      .execute()
    return events.map(({ kind }) => kind).toSorted()
  }

  const somebody = async (options: object, signedIn: string | undefined) => {
    const person = fixture.crowd[next]
    next += 1
    if (!person) throw new Error('the crowd is too small')
    const user = await openBrowserUser(browser, fixture.url, options)
    if (signedIn) {
      await user.open(`/fr/connexion/vers/${signedIn}`)
      await send(user, { '#identifiant': person.login, '#motdepasse': person.initialPassword })
    }
    return { person, user }
  }

  type Walk = {
    readonly user: BrowserUser
    readonly person: CrowdMember
    readonly asked: ReturnType<typeof follow>
  }
  const isAt = ({ path }: BrowserUser, wanted: string) =>
    expect(path().startsWith(wanted), `${path()} is ${wanted}`).toBe(true)

  /** Refused, reloaded, left by Back: the same page, and where a refusal redirects nothing is sent again. */
  const checkRefusal = async ({ user, asked }: Walk, { path, wrong, redirects }: Step) => {
    await reload(user)
    isAt(user, path)
    const heading = await user.heading()
    await send(user, wrong)
    expect(await user.page.locator('.summary').count(), path).toBe(1)
    await reload(user)
    expect(asked.method(), `a reload of ${path}`).toBe(redirects ? 'GET' : 'POST')
    expect(await user.heading(), path).toBe(heading)
    await back(user)
    expect(await user.page.locator('h1').count(), `Back from ${path}`).toBe(1)
  }

  /** Accepted, reloaded, left by Back and sent again: done once. */
  const checkSent = async ({ user, person }: Walk, { path, right, renews }: Step, following: string) => {
    await user.open(path)
    const fields = await right(person)
    await send(user, fields)
    isAt(user, following)
    const done = await changesOf(person)
    await reload(user)
    isAt(user, following)
    await back(user)
    expect(await user.page.locator('h1').count(), `Back from ${following}`).toBe(1)
    const first = Object.keys(fields)[0] ?? ''
    if (!renews && (await user.page.locator(first).count()) > 0) await send(user, fields)
    expect(await changesOf(person), `sent again at ${path}`).toEqual(done)
  }

  describe.each([
    { scripts: 'on', options: {} },
    { scripts: 'off', options: { javaScriptEnabled: false } },
  ])('scripts $scripts', ({ options }) => {
    it.each(Object.entries(journeys))(
      'from every state of %s: no error page, nothing done twice, and one sees where one is',
      async (_, { steps, end, signedIn, prepare }) => {
        const { person, user } = await somebody(options, signedIn)
        await prepare?.(person)
        const walk = { user, person, asked: follow(user) }
        await user.open(steps[0]?.path ?? '')
        for (const [at, step] of steps.entries()) {
          const following = steps[at + 1]?.path ?? end
          await checkRefusal(walk, step)
          await checkSent(walk, step, following)
          await user.open(following.endsWith('/') ? step.path : following)
        }
        expect(await changesOf(person)).not.toEqual([])
        expect(walk.asked.faults).toEqual([])
        await user.leave()
      },
    )
  })
})
