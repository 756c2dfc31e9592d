import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { hasChromium, launchChromium, openBrowserUser } from '../world/browser.ts'
import { type PortalFixture, startPortal } from '../world/portal.ts'
import { newVisitor, textOf } from '../world/visitor.ts'

const identify = '/fr/mot-de-passe/identification/numero-personnel'
const joker = '/fr/mot-de-passe/question-joker'

/** A portal behind a trusted proxy, which sends the address of each request. */
const behindProxy = async (limits: Readonly<Record<string, number>>) =>
  startPortal({
    directory: 'embedded',
    store: 'SQLite',
    crowd: 4,
    config: { trustedProxies: ['127.0.0.1'], campusNetworks: ['198.18.0.0/16', '2001:db8:77::/48'], limits },
  })

describe('a full portal', () => {
  let fixture: PortalFixture
  beforeAll(async () => {
    fixture = await behindProxy({
      postsPerSecond: 4,
      postsPerSecondPerNetwork: 4,
      identificationPerNetwork: 1e6,
    })
  })
  afterAll(() => fixture?.stop())

  let networks = 0
  /** The first form of each of many networks, all at once. */
  const crowd = (count: number, path = identify, fields: Record<string, string> = {}) => {
    const sent = Array.from({ length: count }, () => {
      networks += 1
      const from = `203.${networks >> 8}.${networks & 255}.9`
      const visitor = newVisitor(fixture.url, { 'x-forwarded-for': from })
      return visitor.post(path, { numero: '1', naissance: '99', ...fields })
    })
    return Promise.all(sent)
  }
  const refusedOf = async (...asked: Parameters<typeof crowd>) =>
    (await crowd(...asked)).filter(({ status }) => status === 503)

  it('refuses beyond what waits, with a time that is drawn for each', async () => {
    const before = fixture.lines.length
    const answers = await crowd(60)
    const [served, refused] = [200, 503].map(() => [] as typeof answers)
    for (const one of answers) (one.status === 503 ? refused : served)?.push(one)
    expect(served?.length).toBeGreaterThanOrEqual(4)
    expect(served?.every(({ status }) => status === 422)).toBe(true)
    expect(refused?.length).toBeGreaterThanOrEqual(30)
    const waits = new Set(refused?.map(({ headers }) => Number(headers.get('retry-after'))))
    expect(waits.size).toBeGreaterThan(1)
    for (const wait of waits) expect([4, 5, 6, 7, 8, 9]).toContain(wait)
    // One log line for all refusals, not one for each.
    const lines = fixture.lines.slice(before)
    expect(lines.filter(line => line.includes('"status":503'))).toEqual([])
    expect(lines.filter(line => line.includes('limits.postsPerSecond'))).toHaveLength(1)
  })

  it('keeps a number and a date in the page, and nothing that could run', async () => {
    const typed = { numero: '20"><script>4518', naissance: "14/07/1985'&" }
    const [one] = await refusedOf(40, identify, typed)
    expect(one?.html).toContain('name="numero" value="20&quot;&gt;&lt;script&gt;4518"')
    expect(one?.html).toContain(`name="naissance" value="14/07/1985'&amp;"`)
    expect(one?.html).toMatch(/<form method="post" data-retry="[4-9]">/)
    expect(one?.headers.get('refresh')).toBe(null)
    expect(textOf(one?.html ?? '')).toContain('Ce que vous avez saisi est gardé')
  })

  it.each([
    [joker, { reponse: 'Félix-le-chat', demarche: 'x' }],
    ['/fr/mot-de-passe/nouveau', { nouveau: 'Félix-le-chat', confirmation: 'Félix-le-chat' }],
    ['/fr/connexion', { identifiant: 'clefevre', motdepasse: 'Félix-le-chat' }],
    ['/fr/nulle-part', { reponse: 'Félix-le-chat' }],
  ])('%s: comes back to its step by itself, without what is secret', async (path, fields) => {
    const [one] = await refusedOf(40, path, fields)
    expect(one?.headers.get('refresh')).toBe(one?.headers.get('retry-after'))
    expect(textOf(one?.html ?? '')).toMatch(/Nous réessayons dans \d secondes. Votre démarche est gardée/)
    expect(one?.html).not.toMatch(/lix-le-chat|clefevre/)
  })

  it('in English', async () => {
    const [one] = await refusedOf(40, joker.replace('/fr/', '/en/'))
    expect(textOf(one?.html ?? '')).toMatch(/We will try again in \d seconds. Your request is kept/)
  })

  it('what another site typed is not sent again as ours', async () => {
    const filling = crowd(60)
    const foreign = await newVisitor(fixture.url, { 'x-forwarded-for': '192.0.2.200' }).post(
      identify,
      { numero: '204518', naissance: '14/07/1985' },
      { 'sec-fetch-site': 'cross-site' },
    )
    expect([403, 503]).toContain(foreign.status)
    expect(foreign.html).not.toContain('204518')
    await filling
  })

  it('a network over its limit gets a 429 with the same page', async () => {
    const visitor = newVisitor(fixture.url, { 'x-forwarded-for': '198.51.100.7' })
    const answers = await Promise.all(
      Array.from({ length: 60 }, () => visitor.post(joker, { reponse: 'rex', demarche: 'x' })),
    )
    const refused = answers.filter(({ status }) => status === 429)
    expect(refused.length).toBeGreaterThanOrEqual(10)
    expect(refused[0]?.headers.get('refresh')).toBe(refused[0]?.headers.get('retry-after'))
    expect(textOf(refused[0]?.html ?? '')).toMatch(/Nous réessayons dans \d secondes/)
  })

  it('a journey that met it goes on where it was', async () => {
    const [crowdMember] = fixture.crowd
    const visitor = newVisitor(fixture.url, { 'x-forwarded-for': '192.0.2.7' })
    const { number = '', date = '' } = crowdMember ?? {}
    // As often as the limit allows.
    await expect
      .poll(async () => (await visitor.identify('numero-personnel', number, date)).status, { interval: 300 })
      .toBe(303)
    const demarche = visitor.refIn((await visitor.get(joker)).html)
    const answer = () => visitor.post(joker, { reponse: 'rex', demarche })
    const filling = crowd(60)
    const first = await answer()
    await filling
    expect([303, 503]).toContain(first.status)
    // The address to which the page reloads by itself.
    if (first.status === 503) expect((await visitor.get(joker)).html).toContain(`value="${demarche}"`)
    const passes = async () => first.status === 303 || (await answer()).status === 303
    await expect.poll(passes, { interval: 300 }).toBe(true)
    expect((await visitor.get('/fr/mot-de-passe/nouveau')).status).toBe(200)
  })
})

describe.skipIf(!hasChromium() && process.env.CI !== 'true')('a full portal in a browser', () => {
  let fixture: PortalFixture
  let browser: Browser
  beforeAll(async () => {
    fixture = await behindProxy({
      postsPerSecond: 10,
      postsPerSecondPerNetwork: 10,
      identificationPerNetwork: 1e6,
    })
    browser = await launchChromium()
  })
  let calm = async () => {}
  afterEach(() => calm())
  afterAll(async () => {
    await browser?.close()
    await fixture?.stop()
  })

  /** Keeps the portal full. Each network sends once, so that it is lighter than the networks before it. */
  const filled = () => {
    let going = true
    let networks = 0
    const fill = async () => {
      while (going) {
        const from = `203.${networks >> 8}.${networks & 255}.9`
        networks += 1
        await newVisitor(fixture.url, { 'x-forwarded-for': from }).post(identify, {
          numero: '1',
          naissance: '99',
        })
      }
    }
    const all = Promise.all(Array.from({ length: 60 }, fill))
    calm = async () => {
      going = false
      await all
    }
  }
  /** Sent before, so that other networks are lighter. */
  const somebody = async (options: { javaScriptEnabled: boolean }, address: string) => {
    const person = await openBrowserUser(browser, fixture.url.replace('127.0.0.1', 'localhost'), {
      ...options,
      extraHTTPHeaders: { 'x-forwarded-for': address },
    })
    const visitor = newVisitor(fixture.url, { 'x-forwarded-for': address })
    await Promise.all(
      Array.from({ length: 4 }, () => visitor.post(identify, { numero: '1', naissance: '99' })),
    )
    return person
  }

  it('with a script a number and a date are sent again after the wait', { timeout: 60_000 }, async () => {
    const [crowdMember] = fixture.crowd
    const person = await somebody({ javaScriptEnabled: true }, '192.0.2.7')
    await person.open(identify)
    await person.page.locator('#numero').fill(crowdMember?.number ?? '')
    await person.page.locator('#naissance').fill(crowdMember?.date ?? '')
    filled()
    await person.submit()
    expect(await person.text()).toMatch(/Nous réessayons dans \d secondes : vous n'avez rien à faire/)
    expect(await person.axeFaults()).toEqual([])
    await calm()
    await person.page.waitForURL(/question-joker/, { timeout: 30_000 })
    expect(person.faults).toEqual([])
    await person.leave()
  })

  it('without a script the page leads back to its step, and the journey goes on', {
    timeout: 60_000,
  }, async () => {
    const crowdMember = fixture.crowd[1]
    const person = await somebody({ javaScriptEnabled: false }, '192.0.3.7')
    await person.open(identify)
    await person.page.locator('#numero').fill(crowdMember?.number ?? '')
    await person.page.locator('#naissance').fill(crowdMember?.date ?? '')
    await person.submit()
    await person.page.waitForURL(/question-joker/, { timeout: 30_000 })
    filled()
    await person.answer('rex')
    expect(await person.text()).toMatch(/Nous réessayons dans \d secondes. Votre démarche est gardée/)
    await calm()
    await person.page.locator('#reponse').waitFor({ timeout: 30_000 })
    await person.answer('rex')
    await person.page.waitForURL(/nouveau/, { timeout: 30_000 })
    await person.leave()
  })
})

describe('the address of a person behind a proxy', () => {
  let fixture: PortalFixture
  beforeAll(async () => {
    fixture = await behindProxy({
      postsPerSecond: 1e6,
      postsPerSecondPerNetwork: 1e6,
      identificationPerNetwork: 2,
    })
  })
  afterAll(() => fixture?.stop())

  const statusesFrom = async (count: number, from: (sent: number) => string) => {
    const statuses = []
    for (let sent = 0; sent < count; sent += 1)
      statuses.push(
        (
          await newVisitor(fixture.url, { 'x-forwarded-for': from(sent) }).identify(
            'numero-personnel',
            `${sent}`,
            '99',
          )
        ).status,
      )
    return statuses
  }

  it.each([
    ['192.0.2.1:443', '192.0.3.1:443', '192.0.4.1:443'],
    ['[2001:db8:1::1]:443', '[2001:db8:2::1]:443', '[2001:db8:3::1]:443'],
    ['[2001:db8:4::1]', '[2001:db8:5::1]', '[2001:db8:6::1]'],
  ])('each has a network of their own: %s', async (...addresses) => {
    expect(await statusesFrom(6, sent => addresses[sent % 3] ?? '')).toEqual(Array(6).fill(422))
    expect(await statusesFrom(3, sent => addresses[sent % 3] ?? '')).toEqual(Array(3).fill(429))
  })

  it.each([
    ['203.0.113.1', '203.0.113.1:1', '::ffff:203.0.113.2', '[::ffff:cb00:7103]:65535'],
    ['2001:db8:9::1', '[2001:DB8:9::2]:443', '2001:0db8:0009:0000::3', '2001:db8:9::4%eth0'],
  ])('is the same network in every spelling: %s', async (...addresses) => {
    expect(await statusesFrom(4, sent => addresses[sent] ?? '')).toEqual([422, 422, 429, 429])
  })

  it.each([['198.18.1.1:443'], ['[::ffff:c612:101]:443'], ['[2001:DB8:77::1]:443']])(
    'is of the campus in every spelling: %s',
    async address => {
      expect(await statusesFrom(6, () => address)).toEqual(Array(6).fill(422))
    },
  )

  it('is believed when the proxy that sent it on is written with a port', async () => {
    const from = (sent: number) => `192.0.${50 + sent}.1, 127.0.0.1:5000`
    expect(await statusesFrom(4, from)).toEqual(Array(4).fill(422))
  })

  it('that cannot be parsed is logged once, without its text', async () => {
    await statusesFrom(2, sent => `hidden-${sent}`)
    const warnings = fixture.lines.filter(line => line.includes('X-Forwarded-For'))
    expect(warnings).toHaveLength(1)
    expect(warnings[0]).not.toContain('hidden')
  })
})

it('an address sent by an untrusted proxy is logged and not used', async () => {
  const fixture = await startPortal({ directory: 'embedded', store: 'SQLite' })
  const post = (address: string) =>
    newVisitor(fixture.url, { 'x-forwarded-for': address }).identify('numero-personnel', '1', '99')
  await post('192.0.2.1')
  await post('192.0.3.1')
  expect(fixture.lines.filter(line => line.includes('trustedProxies'))).toHaveLength(1)
  await fixture.stop()
})

describe('the cookies of known browsers and sessions', () => {
  let fixture: PortalFixture
  beforeAll(async () => {
    fixture = await startPortal({ directory: 'embedded', store: 'SQLite' })
  })
  afterAll(() => fixture?.stop())

  it('carry a tag of ours; a value with another tag opens nothing', async () => {
    const visitor = newVisitor(fixture.url)
    await visitor.signIn('clefevre', 'Bienvenue!2026c')
    const given = visitor.cookies.get('__Host-session') ?? ''
    expect(given).toMatch(/^[\w-]{32}\.[\w-]{22}$/)
    const opens = async (value: string) => {
      visitor.cookies.set('__Host-session', value)
      return (await visitor.get('/fr/compte/sessions')).status === 200
    }
    expect(await opens(given)).toBe(true)
    const [handle = '', tag = ''] = given.split('.')
    expect(await opens(`${handle}.${'A'.repeat(22)}`)).toBe(false)
    expect(await opens(`${'A'.repeat(32)}.${tag}`)).toBe(false)
    // Cookie of a session opened before cookies had tags.
    expect(await opens(handle)).toBe(true)
  })
})
