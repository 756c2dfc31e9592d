import type { Road } from './actions.ts'
import { allowed, allowedToEnter, type Browser, guarded, isAlive, otherOf, type Walk } from './beliefs.ts'
import { type Answered, type Event, keyOf, learn } from './learning.ts'
import type { World } from './model.ts'

type Body = Readonly<Record<string, string>>
const minute = 60_000

/** Sends forms and looks at pages, and holds whatever follows to what the browser had shown before. */
export const handsOf = async ({ house, codeAt }: World, walk: Walk) => {
  const { people, held, now } = walk
  const ids = people.map(({ id }) => id)
  const sent: { path: string; body: Body }[] = []
  const told = new Map<string, number>()

  /** What the journals of these people tell since the last look. */
  const news = async (): Promise<readonly Event[]> => {
    const rows = await house.store.read
      .selectFrom('audit_events')
      .select(['chain', 'sequence', 'kind'])
      .where(eb =>
        eb.or(ids.map(id => eb.and([eb('chain', '=', id), eb('sequence', '>', told.get(id) ?? 0)]))),
      )
      .execute()
    for (const { chain, sequence } of rows) told.set(chain, Math.max(told.get(chain) ?? 0, sequence))
    return rows.filter(({ kind }) => guarded.has(kind))
  }
  await news()

  const triesLeft = (one: Browser) =>
    (walk.wrong.get(keyOf(one)) ?? 0) < (one.known === one.journey?.person?.id ? 3 : 5)

  const refOf = async (one: Browser, which: 'own' | 'other' | 'none') => {
    if (which === 'none') return ''
    const owner = which === 'own' ? one : otherOf(walk, one)
    if (!owner.ref && owner.at) owner.ref = owner.visitor.refIn((await owner.visitor.get(owner.at)).html)
    return owner.ref
  }

  const received = async ({ sentTo }: Browser, path: string) => ({
    journey: path.endsWith('/code') ? await codeAt(sentTo.get('journey')) : null,
    account: path.endsWith('/mail') ? await codeAt(sentTo.get('account')) : null,
  })

  /** What this form may do, by what this browser showed until now. */
  const rightsOf = async (one: Browser, path: string, body: Body) => {
    const entering = allowedToEnter({ path, body }, people, held)
    const asked = { walk, browser: one, received: await received(one, path), triesLeft: triesLeft(one) }
    const may = new Set(allowed({ path, body }, asked))
    if (entering && !held.apps.has(entering.id)) may.add(`sign-in.accepted:${entering.id}`)
    const theirs = held.answers.get(one.journey?.person?.id ?? '')
    return { entering, may, right: asked.triesLeft && theirs !== undefined && body.reponse === theirs }
  }

  /** Any page of the account keeps a session alive. */
  const keepAlive = ({ session }: Browser, path: string) => {
    if (path.startsWith('/fr/compte') && isAlive(session, now())) session.seenAt = now()
  }

  const post = async (one: Browser, path: string, body: Body, origin: string): Promise<Answered> => {
    const { cookies } = one.visitor
    const [journey, known] = [cookies.get('__Host-journey'), cookies.get('__Host-known')]
    const answer = await one.visitor.post(path, body, { 'sec-fetch-site': origin })
    if (cookies.get('__Host-journey') !== journey) one.ref = ''
    // A browser is known to the last person who succeeded in it.
    if (cookies.get('__Host-known') !== known)
      one.known = /^\/fr\/(connexion|compte)/.test(path) ? 'signed-in' : (one.journey?.person?.id ?? '')
    return answer
  }

  const holdTo = (events: readonly Event[], may: ReadonlySet<string>, path: string) => {
    const hole = events.find(({ kind, chain }) => !may.has(`${kind}:${chain}`))
    if (hole) throw new Error(`${hole.kind} of ${hole.chain} by a form of ${path}, without a proof`)
  }

  const foreign = async (one: Browser, path: string, body: Body) => {
    await post(one, path, body, 'cross-site')
    holdTo(await news(), new Set(), path)
  }

  const send = async (one: Browser, path: string, body: Body): Promise<Answered> => {
    sent.push({ path, body })
    keepAlive(one, path)
    const { entering, may, right } = await rightsOf(one, path, body)
    const answer = await post(one, path, body, 'same-origin')
    const events = await news()
    holdTo(events, may, path)
    learn(walk, one, { path, body, answer, right }, events)
    if (one.known === 'signed-in') one.known = one.session?.person.id ?? ''
    if (entering && answer.location?.includes('second-element'))
      one.half = { person: entering, until: now() + 10 * minute, confirms: false }
    const { session } = one
    if (session && path.endsWith('/confirmer/compte') && answer.location?.includes('second-element'))
      one.half = { person: session.person, until: now() + 10 * minute, confirms: true }
    return answer
  }

  /** Whoever sees this page must have shown what it takes. */
  const maySee = ({ journey, session }: Browser, page: string, html: string) => {
    const on = (road: Road) => (journey?.road === road ? journey : null)
    const alive = isAlive(session, now()) ? session : null
    const shown = alive !== null && (!held.apps.has(alive.person.id) || now() < alive.factorUntil)
    const fresh = shown && now() < alive.freshUntil
    const hidden = !html.includes('name="nouveau"')
    const rules: Readonly<Record<string, boolean | undefined>> = {
      'mot-de-passe/nouveau': hidden || on('password')?.proved,
      'identifiant/termine': on('identifier')?.proved,
      'activation/mot-de-passe': hidden || on('activation')?.proved,
      'activation/question-joker': on('activation')?.activated,
      'activation/adresse': on('activation')?.activated,
      'activation/termine': on('activation')?.activated,
      ...{ 'compte/application': fresh, 'compte/adresses': fresh },
    }
    return page in rules ? rules[page] === true : alive !== null || !page.startsWith('compte')
  }

  const look = async (one: Browser, page: string) => {
    keepAlive(one, `/fr/${page}`)
    const { status, html } = await one.visitor.get(`/fr/${page}`)
    if (status === 200 && !maySee(one, page, html))
      throw new Error(`the page ${page} was shown without a proof`)
  }

  return { send, foreign, look, refOf, sent }
}
