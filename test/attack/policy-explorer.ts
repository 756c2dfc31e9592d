import type { Application } from '../../src/application.ts'
import { digestOf } from '../../src/crypto/crypto.ts'
import { publicRef } from '../../src/journeys/steps/guard.ts'
import { createApplicationFor } from '../../src/portal.ts'
import { movableClock } from '../world/clock.ts'
import { confirmContact } from '../world/contacts.ts'
import type { CrowdMember } from '../world/crowd.ts'
import { optionsIn } from '../world/factors.ts'
import { unlimited, unlimitedJourneys } from '../world/limits.ts'
import { startPortal } from '../world/portal.ts'
import { forkPortal } from '../world/portal-process.ts'
import { freePort } from '../world/ports.ts'
import { fc } from '../world/properties.ts'
import { quickHashing } from '../world/quick-hashing.ts'
import { newSecurityKey } from '../world/security-key.ts'
import type { StoreFlavour } from '../world/stores.ts'
import { type Client, newClient, type Reply } from './client.ts'
import { Vulnerability } from './event-effects.ts'
import { type Kind, meets, type Policy, type PolicyAction, policySequences } from './policy-sequences.ts'
import { emptySecrets } from './proofs.ts'
import { createPasskey, createSheet } from './reset-people.ts'

const starts = { password: '/fr/mot-de-passe', identifier: '/fr/identifiant' } as const
const crowdSize = 40
const limits = {
  ...unlimited,
  ...unlimitedJourneys,
  identificationPerNumber: 1e9,
  identificationFloor: 1,
  jokerTries: 1e6,
  jokerTriesKnownBrowser: 1e6,
  jokerTriesKnownBrowsers: 1e6,
  jokerWrongPerNetwork: 1e9,
  proofCodesPerNetwork: 1e6,
  proofCodesPerPerson: 1e6,
  codesPerNetworkPerDay: 1e6,
  codesPerDestination: 1e6,
}

/** What the rules say of a journey, by the handle that its browser has. */
type Model = {
  readonly person: CrowdMember | null
  readonly given: Set<string>
  chosen: Kind | null
  /** Sent codes that were judged and refused. */
  wrongSent: number
  /** The code that was sent last for this journey. */
  sent: string | null
}

type SecurityKey = ReturnType<typeof newSecurityKey>

type World = {
  readonly application: Application
  readonly policy: Policy
  readonly journey: keyof typeof starts
  readonly browsers: readonly Client[]
  readonly people: readonly CrowdMember[]
  readonly journeys: Map<string, Model>
  readonly sheets: Map<string, string[]>
  readonly desk: Map<string, string>
  /** The passkey of each person, where the policy asks for one. */
  readonly passkeys: ReadonlyMap<string, SecurityKey>
  readonly old: string[]
  readonly signatures: string[]
  readonly site: { readonly origin: string; readonly host: string }
  /** `ended`: passwords that were written, or identifiers that were shown. */
  readonly count: { requests: number; ended: number; unique: number }
}

/** What each journey of this sequence has proved, as its row says, by its handle. */
async function provedOf({ application, journeys }: World) {
  const handles = new Map([...journeys.keys()].map(handle => [digestOf(handle), handle]))
  const rows = await application.store.read
    .selectFrom('journeys')
    .select(['id', 'proved'])
    .where('id', 'in', [...handles.keys(), ''])
    .execute()
  return new Map(
    rows.map(({ id, proved }) => [handles.get(id) ?? '', new Set(Object.keys(JSON.parse(proved)))]),
  )
}

/** What was proved grows by a kind that the request proves, and by no other, and shrinks by none. */
async function checkJourneys(world: World, handle: string, legit: ReadonlySet<string>, what: string) {
  const inRows = await provedOf(world)
  for (const [other, { given }] of world.journeys) {
    const proved = inRows.get(other) ?? new Set<string>()
    const isAllowed = (kind: string) => given.has(kind) || (other === handle && legit.has(kind))
    const more = [...proved].find(kind => !isAllowed(kind))
    if (more) throw new Vulnerability(`${what} marked ${more} as proved, without a proof`)
    const lost = [...given].find(kind => !proved.has(kind))
    if (lost) throw new Vulnerability(`${what} lost the proof ${lost}`)
    for (const kind of proved) given.add(kind)
  }
}

/** A mobile, so that the outboxes of the processes find nobody to send a mail to. */
async function contactsOf(application: Application, person: CrowdMember | null) {
  if (!person) return []
  await confirmContact({ application }, person, '+33600000001')
  return (await application.accounts.contacts.list(person.id)).map(({ id }) => id)
}

/** The code that the outbox would make for the request that waits; nobody here has an address to which it could go. */
async function makeCodes({ application }: World, person: CrowdMember | null) {
  const { store, proofs } = application
  const contacts = await contactsOf(application, person)
  const waiting = await store.read
    .selectFrom('sent_codes')
    .select('request')
    .where('digest', '=', '')
    .execute()
  let code: string | null = null
  for (const { request } of waiting)
    code =
      (await store.transaction(tx => proofs.mailCodes.inJourneys.make(tx, request, contacts)))?.code ?? code
  // The outbox of either process would find nobody to send to.
  await store.transaction(tx => tx.deleteFrom('notices').execute())
  return code
}

async function checkTries(world: World, before: ReadonlyMap<string, number>) {
  for (const [request, left] of await triesOf(world))
    if (left > (before.get(request) ?? left))
      throw new Vulnerability('refused codes were given back: there are tries after the last try')
}
const triesOf = async ({ application }: World) => {
  const rows = await application.store.read
    .selectFrom('sent_codes')
    .select(['request', 'tries_left'])
    .execute()
  return new Map(rows.map(({ request, tries_left }) => [request, Number(tries_left)]))
}

/** The kinds that this code proves in this journey, by the rules. */
function provedBy(world: World, model: Model | undefined, code: string): ReadonlySet<Kind> {
  const person = model?.person
  if (!model || !person) return new Set()
  const legit = new Set<Kind>()
  if (code === model.sent && model.wrongSent < world.application.limits.codeTries) legit.add('mail-code')
  if (world.sheets.get(person.id)?.includes(code)) legit.add('recovery-code')
  if (world.desk.get(person.id) === code) legit.add('helpdesk-code')
  return legit
}

/** A proof that was accepted is used up. */
function useUp(world: World, model: Model, code: string) {
  const { person } = model
  world.old.push(code)
  if (model.sent === code) model.sent = null
  if (!person) return
  world.sheets.set(person.id, world.sheets.get(person.id)?.filter(one => one !== code) ?? [])
  if (world.desk.get(person.id) === code) world.desk.delete(person.id)
}

const codeOf = (
  world: World,
  { kind, typed }: Extract<PolicyAction, { act: 'type' }>,
  model: Model,
  other: Model | undefined,
) => {
  const wrong = {
    joker: '',
    'mail-code': '1111 1111',
    'helpdesk-code': 'AAAA-BBBB-CCCC',
    passkey: '',
    'recovery-code': 'ABCD-EFGH-JKMN-PQRS',
  }
  const of = (one: Model | undefined) => {
    const id = one?.person?.id ?? ''
    if (kind === 'mail-code') return one?.sent
    return kind === 'helpdesk-code' ? world.desk.get(id) : world.sheets.get(id)?.[0]
  }
  if (typed === 'own') return of(model) || wrong[kind]
  if (typed === 'of-another') return of(other) || wrong[kind]
  return (typed === 'old' && world.old.at(-1)) || wrong[kind]
}

const isJudged = ({ status, html }: Reply) => status === 422 && html.includes('ne correspond pas')

/** The forms of one browser. */
const createActs = (world: World, at: number) => {
  const start = starts[world.journey]
  const choice = `${start}/preuve`
  const client = world.browsers[at] as Client
  const handle = () => client.cookies().journey
  const model = () => world.journeys.get(handle())
  const other = () => world.journeys.get(world.browsers[1 - at]?.cookies().journey ?? '')
  const send = async (path: string, fields: Readonly<Record<string, string>>, times = 1) => {
    const demarche = publicRef({ id: digestOf(handle()) })
    world.count.requests += times
    return Promise.all(Array.from({ length: times }, () => client.post(path, { demarche, ...fields })))
  }
  const nothing = new Set<string>()

  const begin = async (person: number) => {
    const member = world.people[person] ?? null
    const numero = member?.number ?? '999999'
    const naissance = member?.date ?? '2/1/1980'
    world.count.requests += 1
    await client.post(`${start}/identification/numero-personnel`, { numero, naissance })
    const fresh = { person: member, given: new Set<string>(), chosen: null, wrongSent: 0, sent: null }
    if (handle()) world.journeys.set(handle(), fresh)
  }

  const pick = async (kind: Kind, times = 1) => {
    const tries = kind === 'mail-code' ? await triesOf(world) : null
    const answers = await send(choice, { laquelle: kind }, times)
    await checkJourneys(world, handle(), nothing, 'choosing')
    if (tries) await checkTries(world, tries)
    const now = model()
    if (!now || !answers.some(({ status }) => status === 303)) return
    const code = kind === 'mail-code' ? await makeCodes(world, now.person) : null
    if (code && now.sent) world.old.push(now.sent)
    if (code) now.sent = code
    now.chosen = kind
  }

  const challengeOf = async (browser: Client | undefined) => {
    world.count.requests += 1
    const { challenge } = optionsIn((await browser?.get(choice))?.html ?? '') as { challenge?: string }
    return challenge
  }

  /** What a passkey signs, and whether it is that of this journey's person for the challenge of this journey. */
  const signed = async (typed: Extract<PolicyAction, { act: 'type' }>['typed'], now: Model) => {
    const own = world.passkeys.get(now.person?.id ?? '')
    if (typed === 'old') return { cle: world.signatures.at(-1) ?? '', isOwn: false }
    // Both browsers ask for a passkey by now: its own signs for the other journey, or that of the other person for this one.
    const isForOther = typed === 'of-another' && world.count.requests % 2 === 0
    const challenge = await challengeOf(isForOther ? world.browsers[1 - at] : client)
    const another = isForOther ? own : world.passkeys.get(other()?.person?.id ?? '')
    const key = { own, 'of-another': another, wrong: newSecurityKey(world.site) }[typed]
    return { cle: challenge && key ? key.sign({ challenge }) : '', isOwn: !isForOther && key === own }
  }

  const sign = async ({ typed, times }: Extract<PolicyAction, { act: 'type' }>) => {
    const now = model()
    if (!now) return
    const { cle, isOwn } = await signed(typed, now)
    const answers = await send(choice, { cle }, times)
    if (answers.some(({ status }) => status >= 500))
      throw new Vulnerability('a passkey was answered by a fault')
    await checkJourneys(world, handle(), new Set(isOwn ? ['passkey'] : []), 'a passkey')
    if (cle) world.signatures.push(cle)
  }

  const type = async (action: Extract<PolicyAction, { act: 'type' }>) => {
    if (action.kind === 'passkey') return sign(action)
    const now = model()
    if (!now) return
    const code = codeOf(world, action, now, other())
    const legit = provedBy(world, now, code)
    const before = new Set(now.given)
    const answers = await send(choice, { code }, action.times)
    if (answers.some(({ status }) => status >= 500)) throw new Vulnerability('a code was answered by a fault')
    if (now.chosen === 'mail-code') now.wrongSent += answers.filter(isJudged).length
    await checkJourneys(world, handle(), legit, 'a code')
    if (now.given.size > before.size) useUp(world, now, code)
  }

  const answer = async (right: boolean, times = 1) => {
    const now = model()
    await send(`${start}/question-joker`, { reponse: right ? 'Rex' : `faux ${world.count.requests}` }, times)
    const legit = new Set(right && now?.person ? ['joker'] : [])
    await checkJourneys(world, handle(), legit, 'an answer')
  }

  const foreign = async (kind: Kind) => {
    const theirs = world.browsers[1 - at]?.cookies().journey ?? ''
    const demarche = publicRef({ id: digestOf(theirs) })
    await send(choice, { demarche, laquelle: kind })
    await send(`${start}/second-element`, { code: '123456' })
    await checkJourneys(world, handle(), nothing, 'the form of another journey')
  }

  const write = async () => {
    const now = model()
    world.count.unique += 1
    const nouveau = `Tr0mbone&Cascade-${world.count.unique}`
    await send(`${start}/nouveau`, { nouveau, confirmation: nouveau, charte: 'oui' })
    await checkJourneys(world, handle(), nothing, 'a new password')
    for (const { id } of world.people) {
      if (!(await world.application.directory.bind(id, nouveau)).ok) continue
      if (now?.person?.id !== id || !meets(world.policy, now.given))
        throw new Vulnerability('a password was written without a proof')
      world.count.ended += 1
    }
  }

  const show = async () => {
    const now = model()
    world.count.requests += 1
    const { html } = await client.get(`${start}/termine`)
    await checkJourneys(world, handle(), nothing, 'the last page')
    const [, login] = /id="identifiant"[^>]*>([^<]*)</.exec(html) ?? []
    if (login === undefined) return
    if (now?.person?.login !== login || !meets(world.policy, now.given))
      throw new Vulnerability('an identifier was shown without a proof')
    world.count.ended += 1
  }

  return { begin, pick, type, answer, foreign, end: world.journey === 'password' ? write : show }
}

async function act(world: World, action: PolicyAction) {
  const acts = createActs(world, action.browser)
  if (action.act === 'begin') return acts.begin(action.person)
  if (action.act === 'pick') return acts.pick(action.kind, action.times)
  if (action.act === 'type' && action.typed === 'of-another') {
    // Both wait for a code of this kind.
    await acts.pick(action.kind)
    await createActs(world, 1 - action.browser).pick(action.kind)
  }
  if (action.act === 'type') return acts.type(action)
  if (action.act === 'answer') return acts.answer(action.right, action.times)
  if (action.act === 'foreign') return acts.foreign(action.kind)
  if (action.act === 'end') return acts.end()
  if (action.kind === 'joker') return acts.answer(true)
  await acts.pick(action.kind)
  return acts.type({ act: 'type', browser: action.browser, kind: action.kind, typed: 'own', times: 1 })
}

type Options = {
  readonly policy: Policy
  readonly journey: keyof typeof starts
  readonly numRuns: number
  readonly seed: number
  readonly env?: Readonly<Record<string, string>>
}

/** Random sequences against a policy, in two processes on one store, until one finds a vulnerability. */
export const createPolicyExplorer = () => {
  const closing: (() => Promise<unknown>)[] = []

  const startTwo = async (script: string, store: StoreFlavour, { policy, journey, env = {} }: Options) => {
    const clock = movableClock()
    const hashing = quickHashing()
    const recovery = { [journey]: { staff: policy } }
    const fixture = await startPortal({
      directory: 'embedded',
      store,
      clock,
      crowd: crowdSize,
      hashing,
      config: { limits, recovery },
    })
    await fixture.portal.close()
    const ports = [await freePort(), await freePort()]
    const host = `localhost:${ports[0]}`
    const publicUrl = `http://${host}`
    const portals = await Promise.all(
      ports.map(each => forkPortal(fixture, each, script, { publicUrl, env })),
    )
    closing.push(...portals.map(({ stop }) => stop))
    const application = await createApplicationFor(
      { ...fixture.settings, publicUrl: new URL(publicUrl) },
      { clock, hashing },
    )
    closing.push(application.close)
    let turn = 0
    const port = () => {
      turn += 1
      return ports[turn % ports.length] ?? 0
    }
    const site = { origin: publicUrl, host: 'localhost' }
    return { application, crowd: fixture.crowd, site, newBrowser: () => newClient(host, port) }
  }

  const explore = async (script: string, store: StoreFlavour, options: Options) => {
    const { application, crowd, site, newBrowser } = await startTwo(script, store, options)
    const asksPasskey = options.policy.flat().includes('passkey')
    const count = { requests: 0, ended: 0, unique: 0 }
    let sequences = 0
    const property = fc.asyncProperty(policySequences, async sequence => {
      const people = [0, 1].map(nth => crowd[(2 * sequences + nth) % crowdSize] as CrowdMember)
      sequences += 1
      const [sheets, desk] = [new Map<string, string[]>(), new Map<string, string>()]
      const passkeys = new Map<string, SecurityKey>()
      for (const member of people) {
        await application.store.transaction(tx => application.proofs.recoveryCodes.clear(tx, member.id))
        await application.store.transaction(tx => application.proofs.passkeys.clear(tx, member.id))
        const secrets = emptySecrets()
        const made = asksPasskey ? await createPasskey(application, member, secrets, site) : ''
        const key = secrets.keys.get(made)
        if (key) passkeys.set(member.id, key)
        sheets.set(member.id, await createSheet(application, member, emptySecrets()))
        const handed = await application.store.transaction(tx =>
          application.proofs.helpdeskCodes.make(tx, member.id),
        )
        desk.set(member.id, handed.code)
      }
      await application.store.transaction(tx => tx.deleteFrom('sent_codes').execute())
      const browsers = [newBrowser(), newBrowser()]
      const { policy, journey } = options
      const world = {
        application,
        policy,
        journey,
        browsers,
        people,
        journeys: new Map(),
        sheets,
        desk,
        passkeys,
        old: [],
        signatures: [],
        site,
        count,
      }
      for (const action of sequence) await act(world, action)
    })
    const { numRuns, seed } = options
    const result = await fc.check(property, { numRuns, seed, endOnFailure: true })
    return { ...result, ...count, sequences }
  }

  const close = async () => {
    for (const one of closing.splice(0).reverse()) await one()
  }
  return { explore, close }
}
