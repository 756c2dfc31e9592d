import { setTimeout } from 'node:timers/promises'
import { type Agent, newAgent, newBrowser } from './browser.ts'
import type { Figure } from './figure.ts'
import { flood } from './flood.ts'
import { type OnSlapd, startOnSlapd } from './slapd-portal.ts'

const goalAdmitted = 0.9
const goalKept = 0.9
const campus = '198.18.0.0/16'

/** The default limits. */
const atDefaults = () =>
  startOnSlapd({ people: 1000, crowd: 10, limits: {}, config: { campusNetworks: [campus] } })

const path = '/fr/mot-de-passe/identification/numero-personnel'
const isRefused = (status: number) => status === 429 || status === 503

type PostCounts = { sent: number; admitted: number }

/** Sends posts of one network at a fixed rate, even when the answers are late. */
const sending = async (
  to: { portal: OnSlapd; agent: Agent },
  from: string,
  pace: { rate: number; seconds: number; after?: number },
): Promise<PostCounts> => {
  const count = { sent: 0, admitted: 0 }
  const asked: Promise<void>[] = []
  const every = 1000 / pace.rate
  const begun = performance.now() + (pace.after ?? Math.random() * every)
  for (let due = 0; due < pace.seconds * 1000; due += every) {
    await setTimeout(Math.max(0, begun + due - performance.now()))
    count.sent += 1
    const form = { numero: `${from}${count.sent}`.replace(/\D/g, ''), naissance: '1/2/1980' }
    const answer = newBrowser(to.portal.port, to.agent, from).ask(path, form)
    asked.push(
      answer.then(({ status }) => {
        if (!isRefused(status)) count.admitted += 1
      }),
    )
  }
  await Promise.all(asked)
  return count
}

const sum = (counts: readonly PostCounts[]): PostCounts =>
  counts.reduce((all, one) => ({ sent: all.sent + one.sent, admitted: all.admitted + one.admitted }), {
    sent: 0,
    admitted: 0,
  })

const many = (to: Parameters<typeof sending>[0], networks: number, pace: { rate: number; seconds: number }) =>
  Promise.all(
    Array.from({ length: networks }, (_, index) =>
      sending(to, `203.${index >> 8}.${index & 255}.9`, {
        ...pace,
        after: (index / networks) * (1000 / pace.rate),
      }),
    ),
  ).then(sum)

/** Posts admitted when 200 networks send twice the limit, as a fraction of the limit. */
export const admittedWhenFull = async (): Promise<Figure> => {
  const portal = await atDefaults()
  const agent = newAgent()
  const limit = portal.settings.limits.postsPerSecond
  const seconds = 10
  const begun = performance.now()
  const { sent, admitted } = await many({ portal, agent }, 200, { rate: (2 * limit) / 200, seconds })
  // Posts that still waited at the end were admitted after it.
  const took = (performance.now() - begun) / 1000
  agent.destroy()
  await portal.stop()
  const value = Number((admitted / took / limit).toFixed(3))
  return {
    figure: 'admitted-at-twice-the-limit',
    value,
    goal: `>= ${goalAdmitted} of the limit`,
    good: value >= goalAdmitted,
    detail: {
      limit,
      'offered-per-second': sent / seconds,
      'admitted-per-second': Number((admitted / took).toFixed(1)),
      seconds: Number(took.toFixed(1)),
    },
  }
}

/** Sends as fast as it is answered, from changing addresses. */
const asFastAsCan = (addresses: readonly string[]) => async (portal: OnSlapd) => {
  const floods = addresses.map(address =>
    flood(portal.port, { address, connections: Math.ceil(64 / addresses.length) }),
  )
  return () => {
    for (const one of floods) one.stop()
  }
}

const floods = {
  'one network': asFastAsCan(['203.0.113.9']),
  'ten networks': asFastAsCan(Array.from({ length: 10 }, (_, index) => `203.0.${index}.9`)),
  'a campus': asFastAsCan(['198.18.7.7']),
  'four networks at 19 a second': async (portal: OnSlapd, agent: Agent, seconds: number) => {
    const all = many({ portal, agent }, 4, { rate: 19, seconds })
    return () => all
  },
  '500 networks at 1 a second': async (portal: OnSlapd, agent: Agent, seconds: number) => {
    const all = many({ portal, agent }, 500, { rate: 1, seconds })
    return () => all
  },
} as const

/** During each flood, the lowest fraction of admitted posts among six ordinary networks. */
export const keptUnderFlood = async (): Promise<Figure> => {
  const kept: Record<string, number> = {}
  const seconds = 30
  for (const [name, start] of Object.entries(floods)) {
    const portal = await atDefaults()
    const agent = newAgent()
    const stop = await start(portal, agent, seconds)
    const ordinary = Array.from({ length: 6 }, (_, index) =>
      sending({ portal, agent }, `192.0.${index}.7`, { rate: 0.3, seconds }),
    )
    const { sent, admitted } = sum(await Promise.all(ordinary))
    await stop()
    agent.destroy()
    await portal.stop()
    kept[name] = Number((admitted / sent).toFixed(3))
  }
  const value = Math.min(...Object.values(kept))
  return {
    figure: 'kept-beside-a-flood',
    value,
    goal: `>= ${goalKept} of an ordinary network's posts`,
    good: value >= goalKept,
    detail: { kept, 'ordinary-networks': 6, 'posts-per-second-of-each': 0.3, seconds },
  }
}
