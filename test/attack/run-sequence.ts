import type { Application } from '../../src/application.ts'
import type { CrowdMember } from '../world/crowd.ts'
import { type Action, type FormAction, pages } from './actions.ts'
import { actingOf, next } from './browser-lookups.ts'
import { newClient } from './client.ts'
import { deskOf } from './desk.ts'
import { Hole } from './event-effects.ts'
import { formsOf } from './forms.ts'
import type { Secrets } from './proofs.ts'
import { livedAlike } from './refusal-comparison.ts'
import { type Browser, handsOf, type Request, type Walk } from './request-sender.ts'
import type { State } from './state.ts'

/** Where the sequences are walked. */
export type World = {
  /** Of each process: a browser's requests go now to one, now to another. */
  readonly ports: readonly number[]
  /** The public address of both. */
  readonly host: string
  readonly party: { readonly origin: string; readonly host: string }
  readonly application: Application
  readonly now: () => number
  readonly forward: (milliseconds: number) => Promise<unknown>
  /** The code in the newest mail or message to this address. */
  readonly codeAt: (address: string) => Promise<string | null>
}

const minute = 60_000
/** Requests of a sequence, at least; waiting is none. */
const shortest = 30

type Given = {
  readonly world: World
  readonly people: readonly CrowdMember[]
  /** Two more, who are there to be refused. */
  readonly twins: readonly CrowdMember[]
  readonly state: State
  readonly secrets: Secrets
}

/** Walks one sequence, of as many requests as `enough` or a few more; throws what it found when the portal let through what it must not. */
export const walk = async (
  { world, people, twins, state, secrets }: Given,
  actions: readonly Action[],
  enough = shortest,
) => {
  let asked = 0
  const port = () => {
    asked += 1
    return world.ports[((asked * 2_654_435_761) >>> 9) % world.ports.length] as number
  }
  const browsers: readonly Browser[] = [0, 1].map(name => ({ name, client: newClient(world.host, port) }))
  const own: Walk = { state, secrets, people, browsers }
  const hands = await handsOf(world, own)
  const parts = { walk: own, world, hands }
  const acting = actingOf(parts)
  const { prepare, enrol, answer } = formsOf(parts, acting)
  const desk = deskOf(world.application, secrets, world.now)
  const browserOf = (at: number) => browsers[at] as Browser

  const prepared = (step: FormAction): Promise<Request | null> =>
    prepare[step.kind](step as never, browserOf(step.browser))
  const send = async (...requests: (Request | null)[]) => {
    const all = requests.filter(one => one !== null)
    return all.length > 0 ? hands.send(all) : []
  }

  const enter = async (browser: Browser, person: number, by: 'password' | 'key') => {
    if (by === 'key') {
      const step = { kind: 'sign-in-key', browser: browser.name, person, whose: 'own', from: 'own' } as const
      return send(await prepare['sign-in-key'](step, browser))
    }
    const step = { kind: 'sign-in', browser: browser.name, person, right: true } as const
    await send(await prepare['sign-in'](step, browser))
    if (acting.waiting(browser))
      await send(await prepare.digits({ kind: 'digits', browser: browser.name, by: 'app' }, browser))
  }

  type Lone = Exclude<Action, FormAction>
  type Act<Name extends Lone['kind']> = (step: Extract<Lone, { kind: Name }>) => Promise<unknown>
  const acts: { readonly [Name in Lone['kind']]: Act<Name> } = {
    together: async ({ first, second, times }) => {
      const one = await prepared(first)
      if (!one) return
      if (second) return send(one, await prepared(second))
      // From one browser, as a double click; or from both, each with its own cookies.
      const both = next() % 3 === 0
      await send(
        ...Array.from({ length: times }, (_, at) => (both ? { ...one, browser: browserOf(at % 2) } : one)),
      )
    },
    desk: async ({ what, person, beside }) => {
      const form = beside && (await prepared(beside))
      await hands.send(form ? [form] : [], await desk(what, people[person] as CrowdMember))
    },
    enter: ({ browser, person, by }) => enter(browserOf(browser), person, by),
    enrol: async ({ browser, what }) => send(await enrol[what](browserOf(browser))),
    guess: async ({ browser, times }) => {
      for (let tried = 0; tried < times; tried += 1)
        await send(answer(browserOf(browser), `faux ${next()}`, 'own'))
    },
    look: ({ browser, page }) => hands.look(browserOf(browser), page),
    foreign: async ({ browser, which }) => {
      const again = hands.sent[which % Math.max(1, hands.sent.length)]
      if (again) await hands.foreign(browserOf(browser), again.path, again.body)
    },
    'lose-cookies': async ({ browser }) => browserOf(browser).client.clear(),
    'put-back': async ({ browser, cookie, which }) => {
      const { client } = browserOf(browser)
      const given = client.given.get(cookie) ?? []
      const old = given[which % Math.max(1, given.length)]
      if (old) client.put(cookie, old)
    },
    wait: ({ minutes }) => world.forward(minutes * minute),
    // A closed recovery shuts no door of sign-in, and a suspended question none but its own.
    twins: async step => {
      const free = (step.proof === 'password' || step.proof === 'letter') && step.shut === 'suspended'
      if (free || (step.proof === 'password' && step.shut === 'closed')) return
      await livedAlike(world, { pair: twins, passwords: own.state.passwords, port }, step)
    },
  }

  const isForm = (step: Action): step is FormAction => step.kind in prepare
  const take = (step: Action) => (isForm(step) ? prepared(step).then(send) : acts[step.kind](step as never))
  for (const step of actions) {
    await take(step).catch(fault => {
      if (fault instanceof Hole)
        fault.message += `\n${hands.trail.slice(-12).join('\n')}\n${JSON.stringify(step)}\n`
      throw fault
    })
    if (asked >= enough) break
  }
  // Whatever came last, pages are looked at until the sequence is as long as its proof asks for.
  for (let turn = 0; asked < shortest; turn += 1)
    await hands.look(browserOf(turn % 2), pages[turn % pages.length] ?? 'compte')
  return { asked, passwords: own.state.passwords }
}
