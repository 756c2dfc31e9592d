import type { Application } from '../../src/application.ts'
import type { CrowdMember } from '../world/crowd.ts'
import { type Action, type FormAction, pages } from './actions.ts'
import { createLookups, nextNumber } from './browser-lookups.ts'
import { newClient } from './client.ts'
import { createDesk } from './desk.ts'
import { Vulnerability } from './event-effects.ts'
import { createForms } from './forms.ts'
import type { Secrets } from './proofs.ts'
import { compareRefusals } from './refusal-comparison.ts'
import { type Browser, createRequestSender, type FormRequest, type SequenceRun } from './request-sender.ts'
import type { State } from './state.ts'

/** The portal that the sequences attack. */
export type AttackTarget = {
  /** One port for each process; the requests of a browser alternate between them. */
  readonly ports: readonly number[]
  /** The public address of all processes. */
  readonly host: string
  readonly relyingParty: { readonly origin: string; readonly host: string }
  readonly application: Application
  readonly now: () => number
  readonly forward: (milliseconds: number) => Promise<unknown>
  /** The code in the newest mail or message to this address. */
  readonly codeAt: (address: string) => Promise<string | null>
}

const minute = 60_000
/** The least requests of a sequence; waiting does not count. */
const minimumRequests = 30

type SequenceInput = {
  readonly target: AttackTarget
  readonly people: readonly CrowdMember[]
  /** Two more people, for the comparison of refusals. */
  readonly refusedPair: readonly CrowdMember[]
  readonly state: State
  readonly secrets: Secrets
}

/**
 * Runs one sequence until at least `enough` requests were sent. Throws a `Vulnerability` when the portal allowed something without
 * a proof.
 */
export const run = async (
  { target, people, refusedPair, state, secrets }: SequenceInput,
  actions: readonly Action[],
  enough = minimumRequests,
) => {
  let requestCount = 0
  const port = () => {
    requestCount += 1
    return target.ports[((requestCount * 2_654_435_761) >>> 9) % target.ports.length] as number
  }
  const browsers: readonly Browser[] = [0, 1].map(name => ({ name, client: newClient(target.host, port) }))
  const own: SequenceRun = { state, secrets, people, browsers }
  const sender = await createRequestSender(target, own)
  const parts = { run: own, target, sender }
  const lookups = createLookups(parts)
  const { prepare, enrol, answer } = createForms(parts, lookups)
  const desk = createDesk(target.application, secrets, target.now)
  const browserOf = (at: number) => browsers[at] as Browser

  const prepared = (step: FormAction): Promise<FormRequest | null> =>
    prepare[step.kind](step as never, browserOf(step.browser))
  const send = async (...requests: (FormRequest | null)[]) => {
    const all = requests.filter(one => one !== null)
    return all.length > 0 ? sender.send(all) : []
  }

  const enter = async (browser: Browser, person: number, by: 'password' | 'key') => {
    if (by === 'key') {
      const step = { kind: 'sign-in-key', browser: browser.name, person, whose: 'own', from: 'own' } as const
      return send(await prepare['sign-in-key'](step, browser))
    }
    const step = { kind: 'sign-in', browser: browser.name, person, right: true } as const
    await send(await prepare['sign-in'](step, browser))
    if (lookups.waiting(browser))
      await send(await prepare.digits({ kind: 'digits', browser: browser.name, by: 'app' }, browser))
  }

  type NonFormAction = Exclude<Action, FormAction>
  type ActionHandler<Name extends NonFormAction['kind']> = (
    step: Extract<NonFormAction, { kind: Name }>,
  ) => Promise<unknown>
  const actionHandlers: { readonly [Name in NonFormAction['kind']]: ActionHandler<Name> } = {
    together: async ({ first, second, times }) => {
      const one = await prepared(first)
      if (!one) return
      if (second) return send(one, await prepared(second))
      // From one browser, like a double click; or from both, each with its own cookies.
      const both = nextNumber() % 3 === 0
      await send(
        ...Array.from({ length: times }, (_, at) => (both ? { ...one, browser: browserOf(at % 2) } : one)),
      )
    },
    desk: async ({ what, person, concurrent }) => {
      const form = concurrent && (await prepared(concurrent))
      await sender.send(form ? [form] : [], await desk(what, people[person] as CrowdMember))
    },
    enter: ({ browser, person, by }) => enter(browserOf(browser), person, by),
    enrol: async ({ browser, what }) => send(await enrol[what](browserOf(browser))),
    guess: async ({ browser, times }) => {
      for (let tried = 0; tried < times; tried += 1)
        await send(answer(browserOf(browser), `faux ${nextNumber()}`, 'own'))
    },
    look: ({ browser, page }) => sender.look(browserOf(browser), page),
    'cross-site': async ({ browser, which }) => {
      const again = sender.sentForms[which % Math.max(1, sender.sentForms.length)]
      if (again) await sender.sendCrossSite(browserOf(browser), again.path, again.body)
    },
    'lose-cookies': async ({ browser }) => browserOf(browser).client.clear(),
    'put-back': async ({ browser, cookie, which }) => {
      const { client } = browserOf(browser)
      const given = client.given.get(cookie) ?? []
      const old = given[which % Math.max(1, given.length)]
      if (old) client.put(cookie, old)
    },
    wait: ({ minutes }) => target.forward(minutes * minute),
    // A closed recovery does not refuse sign-ins, and a suspended question refuses joker answers only.
    'compare-refusals': async step => {
      const free =
        (step.proof === 'password' || step.proof === 'activation-code') && step.cause === 'suspended'
      if (free || (step.proof === 'password' && step.cause === 'closed')) return
      await compareRefusals(target, { pair: refusedPair, passwords: own.state.passwords, port }, step)
    },
  }

  const isForm = (step: Action): step is FormAction => step.kind in prepare
  const take = (step: Action) =>
    isForm(step) ? prepared(step).then(send) : actionHandlers[step.kind](step as never)
  for (const step of actions) {
    await take(step).catch(fault => {
      if (fault instanceof Vulnerability)
        fault.message += `\n${sender.history.slice(-12).join('\n')}\n${JSON.stringify(step)}\n`
      throw fault
    })
    if (requestCount >= enough) break
  }
  // Views pages until the sequence has its least number of requests.
  for (let turn = 0; requestCount < minimumRequests; turn += 1)
    await sender.look(browserOf(turn % 2), pages[turn % pages.length] ?? 'compte')
  return { requestCount, passwords: own.state.passwords }
}
