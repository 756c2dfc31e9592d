import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hours } from '../../src/clock.ts'
import { movableClock } from '../world/clock.ts'
import { available, type PortalKind, type Rig, startPortal } from '../world/portal.ts'
import { newVisitor, textOf } from '../world/visitor.ts'

const kinds: readonly PortalKind[] = [
  { directory: 'embedded', store: 'SQLite' },
  { directory: 'slapd', store: 'PostgreSQL' },
]

/** Somebody known, with a joker, against people whom the portal must not tell apart from them. */
const known = { number: '204518', date: '14/07/1985' }
const others = [
  { who: 'an unknown number', number: '204519', date: '14/07/1985' },
  { who: 'a wrong date of birth', number: '204518', date: '15/07/1985' },
  { who: 'a person without a joker', number: '198077', date: '02/05/1972' },
  { who: 'a number of another population', number: '22104587', date: '03/11/2004' },
] as const

/** What differs by right: the question, the names of things made at random, the hour. */
const folded = (html: string) =>
  html
    .replace(/« [^»]* »/g, '«»')
    .replace(/name="demarche" value="[^"]*"/, 'name="demarche"')
    .replace(/<style>[\s\S]*?<\/style>/, '')
    .replace(/\d{1,2} \p{L}+ \d{4} à \d\d:\d\d/gu, 'le jour')
    .replace(/\d\d:\d\d/g, '00:00')

const headersOf = (headers: Headers) =>
  [...headers]
    .filter(([name]) => !['date', 'content-length', 'content-encoding'].includes(name))
    .map(([name, value]) => [name, name === 'set-cookie' ? value.replace(/=[^;]*/, '=') : value])

describe.each(kinds.filter(available))('nobody can be told from somebody, on $directory and $store', kind => {
  let rig: Rig
  const clock = movableClock()
  beforeAll(async () => {
    rig = await startPortal({ ...kind, people: 20, clock })
  })
  afterAll(() => rig?.stop())

  const tables = [
    'journeys',
    'counters',
    'joker_tries',
    'joker_suspensions',
    'audit_events',
    'audit_heads',
    'audit_details',
    'notices',
    'people',
    'attempts',
    'known_browsers',
  ] as const
  /** Rows of each table, and what each door counted (its rows are slices of time, which fall as they may). */
  const rows = async () => {
    const { read } = rig.house.store
    const counted = await read
      .selectFrom('counters')
      .select(eb => ['door', eb.fn.sum<number>('count').as('passed')])
      // The whole's door is told by each process ten times a second, whoever came.
      .where('door', '!=', 'whole')
      .groupBy('door')
      .orderBy('door')
      .execute()
    // What the portal does by itself meanwhile is no trace of who came: mails that leave, heads chained each minute.
    const events = await read
      .selectFrom('audit_events')
      .select('kind')
      .where('chain', '!=', 'system')
      .where('kind', 'not in', ['mail.sent', 'mail.abandoned'])
      .execute()
    const heads = await read
      .selectFrom('audit_heads')
      .select('chain')
      .where('chain', '!=', 'system')
      .execute()
    const lengths = tables
      .filter(table => table !== 'counters' && !table.startsWith('audit_'))
      .map(async table => [table, (await read.selectFrom(table).selectAll().execute()).length] as const)
    const doors = counted.map(({ door, passed }) => [door, Number(passed)] as const)
    return {
      ...{ events: events.length, heads: heads.length },
      ...Object.fromEntries(await Promise.all(lengths)),
      ...Object.fromEntries(doors),
    } as Record<string, number>
  }

  /** The first three steps as a stranger takes them: what comes back, and what it left behind. */
  const trace = async ({ number, date }: { number: string; date: string }) => {
    clock.forward(hours(48))
    await rig.house.store.transaction(async tx => {
      for (const table of tables) await tx.deleteFrom(table).execute()
    })
    const visitor = newVisitor(rig.url)
    const told: unknown[] = []
    const keep = async (answer: {
      status: number
      html: string
      location: string | null
      headers: Headers
    }) => {
      told.push({
        status: answer.status,
        location: answer.location,
        headers: headersOf(answer.headers),
        html: folded(answer.html),
      })
    }
    await keep(await visitor.identify('numero-personnel', number, date))
    await keep(await visitor.get('/fr/mot-de-passe/question-joker'))
    for (let tried = 0; tried < 6; tried += 1) await keep(await visitor.answer(`faux ${tried}`))
    await keep(await visitor.get('/fr/mot-de-passe/nouveau'))
    // A notice of nobody ends when it is carried out: what waits is counted before.
    return { told, left: await rows() }
  }

  it.each(others)('$who: the same answers, headers and traces', { timeout: 60_000 }, async other => {
    const [mine, theirs] = [await trace(known), await trace(other)]
    expect(theirs.told).toEqual(mine.told)
    // Carried out within a second, a notice is there or not any more.
    const { notices: a, ...rest } = mine.left
    const { notices: c, ...same } = theirs.left
    expect(same).toEqual(rest)
    expect([a ?? 0, c ?? 0].every(count => count <= 1)).toBe(true)
  })

  it('a frozen account keeps its question, and refuses as for a wrong answer', {
    timeout: 60_000,
  }, async () => {
    const before = await trace(known)
    const person = await rig.house.directory.findLogin('clefevre')
    if (!person.ok || !person.person) throw new Error('Camille is gone')
    const { id } = person.person
    await rig.house.store.transaction(tx =>
      rig.house.freezes.put(tx, { person: id, kind: 'frozen', until: null, by: 'test', reason: 'test' }),
    )
    expect((await trace(known)).told).toEqual(before.told)
    clock.forward(hours(48))
    const twice = async (answer: string) => {
      const visitor = newVisitor(rig.url)
      await visitor.identify('numero-personnel', known.number, known.date)
      return [folded((await visitor.answer(answer)).html), folded((await visitor.answer(answer)).html)]
    }
    const right = await twice('felix')
    expect(right[0]).toContain('Cette réponse ne correspond pas.')
    expect(right[1]).toBe(right[0])
    await rig.house.store.transaction(tx => rig.house.freezes.lift(tx, id))
  })

  const question = (html: string) => /id="question"[^>]*>([^<]*)</.exec(html)?.[1] ?? ''
  const asked = async (slug: string, number: string, date: string) => {
    const visitor = newVisitor(rig.url)
    await visitor.identify(slug, number, date)
    const { html } = await visitor.get('/fr/mot-de-passe/question-joker')
    return { visitor, question: question(html) }
  }

  it('the number and the INE of one person agree: one question, one count of tries', async () => {
    clock.forward(hours(48))
    const byNumber = await asked('numero-etudiant', '22104587', '3/11/2004')
    expect(textOf((await byNumber.visitor.answer('faux')).html)).toContain('Il vous reste 4 essais.')
    const byIne = await asked('ine', '0123456789M', '3/11/2004')
    expect(byIne.question).toBe(byNumber.question)
    expect(byIne.question).not.toBe('')
    expect(textOf((await byIne.visitor.answer('autre')).html)).toContain('Il vous reste 3 essais.')
  })

  it.each([
    ['somebody', known.number],
    ['nobody', '204519'],
  ])('%s is asked the same on the first day, on the second and after a year', async (_, number) => {
    const ask = async () => (await asked('numero-personnel', number, known.date)).question
    const first = await ask()
    clock.forward(hours(24))
    expect(await ask()).toBe(first)
    clock.forward(hours(24 * 365))
    expect(await ask()).toBe(first)
    expect(first).not.toBe('')
  })

  it('a stranger sees nothing of what the owner does meanwhile', { timeout: 60_000 }, async () => {
    const seenBy = async (number: string, meanwhile: () => Promise<void>) => {
      clock.forward(hours(48))
      const { visitor } = await asked('numero-personnel', number, known.date)
      const seen = [await visitor.answer('faux 1'), await visitor.answer('faux 2')]
      await meanwhile()
      const again = (await asked('numero-personnel', number, known.date)).visitor
      for (let tried = 3; tried < 7; tried += 1) seen.push(await again.answer(`faux ${tried}`))
      return seen.map(({ status, location, html }) => ({ status, location, html: folded(html) }))
    }
    const owned = await seenBy(known.number, async () => {
      const owner = newVisitor(rig.url)
      await owner.proveCamille()
      expect((await owner.choose('Tr0mbone&Cascade-3')).location).toMatch(/termine$/)
    })
    expect(await seenBy('204519', async () => {})).toEqual(owned)
  })
})
