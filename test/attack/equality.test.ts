import { Attribute, Change } from 'ldapts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { rollingChains } from '../../src/audit/rolling.ts'
import { days, hours } from '../../src/clock.ts'
import { demoPerson } from '../world/browser.ts'
import { movableClock } from '../world/clock.ts'
import { importWorldPeople } from '../world/imported.ts'
import { bases, suffix, worldPeople } from '../world/people.ts'
import { available, type PortalFixture, type PortalKind, startPortal } from '../world/portal.ts'
import { newVisitor } from '../world/visitor.ts'
import { wrongActivationCode } from '../world/wrong-codes.ts'

const kinds: readonly (PortalKind & { readonly identified: 'by its data' | 'by an import' })[] = [
  { directory: 'embedded', store: 'SQLite', identified: 'by its data' },
  { directory: 'slapd', store: 'PostgreSQL', identified: 'by its data' },
  { directory: 'slapd', store: 'SQLite', identified: 'by an import' },
  { directory: 'slapd', store: 'PostgreSQL', identified: 'by an import' },
]

type JourneyKind = {
  readonly start: string
  readonly slug: string
  /** Where the proof is asked for, under which name, and a page that only a proof opens. */
  readonly proof: string
  readonly field: 'reponse' | 'code'
  readonly beyond: string
}
/** One activation code of six has not the form of one. */
const wrong = {
  reponse: (tried: number) => `faux ${tried}`,
  code: (tried: number) => (tried === 3 ? 'FAUX' : wrongActivationCode(tried)),
}
type Identification = { readonly number: string; readonly date: string }

const joker = { slug: 'numero-personnel', proof: 'question-joker', field: 'reponse' } as const
const password: JourneyKind = { ...joker, start: '/fr/mot-de-passe', beyond: 'nouveau' }
const identifier: JourneyKind = { ...joker, start: '/fr/identifiant', beyond: 'termine' }
const activation: JourneyKind = {
  start: '/fr/activation',
  slug: 'numero-etudiant',
  proof: 'code',
  field: 'code',
  beyond: 'mot-de-passe',
}

/** A known person with a joker or an activation code, and people who must be indistinguishable from them. */
const known = { number: '204518', date: '14/07/1985' }
const ines = { number: '22609431', date: '29/02/2008' }
const withoutJoker = [
  { who: 'an unknown number', number: '204519', date: '14/07/1985' },
  { who: 'a wrong date of birth', number: '204518', date: '15/07/1985' },
  { who: 'a person without a joker', number: '198077', date: '02/05/1972' },
  { who: 'a number of another population', number: '22104587', date: '03/11/2004' },
] as const
const withoutLetter = [
  { who: 'an unknown number', number: '22609432', date: '29/02/2008' },
  { who: 'a wrong date of birth', number: '22609431', date: '28/02/2008' },
  { who: 'somebody active, without a letter', number: '22104587', date: '03/11/2004' },
  { who: 'a number of another population', number: '204518', date: '14/07/1985' },
] as const
const others = [
  ...withoutJoker.map(one => ({ ...one, journey: 'password', journeyKind: password, known })),
  ...withoutJoker.map(one => ({ ...one, journey: 'identifier', journeyKind: identifier, known })),
  ...withoutLetter.map(one => ({ ...one, journey: 'activation', journeyKind: activation, known: ines })),
]

/** What differs by right: the question, the login that was typed, the names of things made at random, the hour. */
const folded = (html: string) =>
  html
    .replace(/«\s[^»]*\s»/g, '«»')
    .replace(/name="demarche" value="[^"]*"/, 'name="demarche"')
    .replace(/<style>[\s\S]*?<\/style>/, '')
    .replace(/\d{1,2}(?:er)?\s\p{L}+\s\d{4}\sà \d\d:\d\d/gu, 'le jour')
    .replace(/\d\d:\d\d/g, '00:00')
    .replace(/data-minutes="\d+"/, 'data-minutes')
    .replace(/<b>[A-Z0-9-]+<\/b>/g, '<b></b>')
    .replace(/(name="identifiant"[^>]*) value="[^"]*"/, '$1')

const headersOf = (headers: Headers) =>
  [...headers]
    .filter(([name]) => !['date', 'content-length', 'content-encoding'].includes(name))
    .map(([name, value]) => [name, name === 'set-cookie' ? value.replace(/=[^;]*/, '=') : value])

describe.each(kinds.filter(available))(
  'known and unknown people are indistinguishable, on $directory, $identified, and $store',
  kind => {
    let fixture: PortalFixture
    const clock = movableClock()
    beforeAll(async () => {
      const imported = kind.identified === 'by an import'
      fixture = await startPortal({
        ...kind,
        people: 20,
        clock,
        ...(imported && { birthDates: 'none', config: { identification: 'import' } }),
      })
      if (imported) await importWorldPeople(fixture, worldPeople(20))
      const camille = await fixture.application.directory.find('staff-number', known.number)
      expect(camille.ok && camille.people).toHaveLength(1)
      const found = await fixture.application.directory.findLogin('imoreau')
      if (!found.ok || !found.person) throw new Error('Inès is gone')
      const { id } = found.person
      await fixture.application.store.transaction(tx =>
        fixture.application.proofs.activationCodes.make(tx, id, days(365)),
      )
    })
    afterAll(() => fixture?.stop())

    const tables = [
      'journeys',
      'counters',
      'joker_tries',
      'joker_suspensions',
      'audit_events',
      'audit_heads',
      'audit_details',
      'audit_cuts',
      'audit_sealed_heads',
      'audit_seals',
      'notices',
      'people',
      'attempts',
      'known_browsers',
      'sessions',
      'pending_sign_ins',
      'passkey_challenges',
      'sent_codes',
      'activations',
      'contacts',
      'receipts',
      'first_days',
      'external_sign_ins',
    ] as const
    /** Rows of each table, and what each limit counted (its rows are slices of time, which fall as they may). */
    const rows = async () => {
      const { read } = fixture.application.store
      const counted = await read
        .selectFrom('counters')
        .select(eb => ['name', eb.fn.sum<number>('count').as('passed')])
        // Each process writes the global limit ten times a second, whatever was requested.
        .where('name', '!=', 'global')
        .groupBy('name')
        .orderBy('name')
        .execute()
      // Background jobs are no trace of the visitor: mails that are sent, heads sealed each minute.
      // A mail that is sent late belongs to the visitor before.
      const events = await read
        .selectFrom('audit_events as e')
        .innerJoin('audit_details as d', join =>
          join.onRef('d.chain', '=', 'e.chain').onRef('d.sequence', '=', 'e.sequence'),
        )
        .select(['e.chain', 'e.kind', 'e.subject'])
        .select(eb => eb.fn<number>('length', ['d.body']).as('bytes'))
        .where('e.chain', '!=', 'system')
        .where('e.kind', 'not in', [
          'mail.sent',
          'mail.abandoned',
          'mail.sent-before-proof',
          'mail.abandoned-before-proof',
        ])
        .execute()
      const heads = new Set(events.map(({ chain }) => chain))
      const subjects = new Set(events.map(({ subject }) => subject))
      // How long a chain is: its events above, not its head's number, which counts the mails too.
      const lengthOf = (chain: string) => events.filter(event => event.chain === chain).length
      // Kinds of events, kinds of chains, numbers and lengths of details: all that a reader of the store sees.
      const shapes = events.map(({ chain, kind: eventKind, bytes }) =>
        [eventKind, rollingChains.includes(chain) ? 'rolling' : 'own', lengthOf(chain), bytes].join(' '),
      )
      const lengths = tables
        .filter(table => table !== 'counters' && !table.startsWith('audit_'))
        .map(async table => [table, (await read.selectFrom(table).selectAll().execute()).length] as const)
      const limits = counted.map(({ name, passed }) => [name, Number(passed)] as const)
      return {
        events: events.length,
        heads: heads.size,
        subjects: subjects.size,
        shapes: shapes.sort().join(', '),
        ...Object.fromEntries(await Promise.all(lengths)),
        ...Object.fromEntries(limits),
      } as Record<string, number | string>
    }

    type ObservedAnswer = { status: number; html: string; location: string | null; headers: Headers }
    const seenIn = ({ status, html, location, headers }: ObservedAnswer) => ({
      status,
      location,
      headers: headersOf(headers),
      html: folded(html),
    })

    /** Two days later, with nothing left of who came before. */
    const afresh = async () => {
      clock.forward(hours(48))
      await fixture.application.store.transaction(async tx => {
        for (const table of tables) await tx.deleteFrom(table).execute()
      })
      return newVisitor(fixture.url)
    }

    /** The first three steps as a stranger takes them: what comes back, and what it left behind. */
    const trace = async (
      { number, date }: Identification,
      { start, slug, proof, field, beyond }: JourneyKind = password,
    ) => {
      const visitor = await afresh()
      const at = `${start}/${proof}`
      const answers = [
        await visitor.post(`${start}/identification/${slug}`, { numero: number, naissance: date }),
        await visitor.get(at),
      ]
      for (let tried = 0; tried < 6; tried += 1) {
        const demarche = visitor.refIn((await visitor.get(at)).html)
        answers.push(await visitor.post(at, { [field]: wrong[field](tried), demarche }))
      }
      answers.push(await visitor.get(`${start}/${beyond}`))
      // A notice about an unknown person ends when it is processed: waiting notices are counted before.
      return { answers: answers.map(seenIn), left: await rows() }
    }
    type Trace = Awaited<ReturnType<typeof trace>>

    /** Carried out within a second, a notice is there or not any more. */
    const withoutNotices = ({ answers, left: { notices = 0, ...left } }: Trace) => ({
      answers,
      left,
      notices: Number(notices) <= 1,
    })

    it.each(others)(
      '$journey, $who: the same answers, headers and traces',
      { timeout: 60_000 },
      async ({ journeyKind, known: mine, ...theirs }) => {
        expect(withoutNotices(await trace(theirs, journeyKind))).toEqual(
          withoutNotices(await trace(mine, journeyKind)),
        )
      },
    )

    it('the comparison notices one additional row, header or word', { timeout: 60_000 }, async () => {
      const [mine, again] = [await trace(known), await trace(known)]
      expect(withoutNotices(again)).toEqual(withoutNotices(mine))
      const person = await fixture.application.directory.findLogin('clefevre')
      if (!person.ok || !person.person) throw new Error('Camille is gone')
      const { id } = person.person
      await fixture.application.store.transaction(tx =>
        fixture.application.accounts.knownBrowsers.remember(tx, id, { cookie: () => null }),
      )
      expect({ ...again, left: await rows() }).not.toEqual(again)
      const headers = new Headers({ 'x-known': '1' })
      const plain = { status: 200, location: null, headers: new Headers(), html: '<p>Non</p>' }
      expect(seenIn({ ...plain, headers })).not.toEqual(seenIn(plain))
      expect(seenIn({ ...plain, html: '<p>Non !</p>' })).not.toEqual(seenIn(plain))
    })

    const slapdOnly = kind.directory === 'slapd'
    const logins = [
      { who: 'nobody', login: 'personne', secret: 'Faux-Passage-77', made: async () => {} },
      { who: 'a frozen account, by its right password', login: 'nhaddad', made: () => freeze('nhaddad') },
      ...(slapdOnly
        ? [
            {
              who: 'somebody whose password expired',
              login: 'tpetit',
              secret: 'Faux-Passage-77',
              made: () => expire('tpetit'),
            },
          ]
        : []),
    ]

    const freeze = async (login: string) => {
      const found = await fixture.application.directory.findLogin(login)
      if (!found.ok || !found.person) throw new Error(`${login} is gone`)
      const { id: person } = found.person
      const why = { kind: 'frozen', until: null, by: 'test', reason: 'test' } as const
      await fixture.application.store.transaction(tx =>
        fixture.application.accounts.freezes.put(tx, { person, ...why }),
      )
    }

    /** As an administrator who gave a password that only serves to choose another. */
    const expire = async (uid: string) => {
      const set = (type: string, value: string) =>
        new Change({ operation: 'replace', modification: new Attribute({ type, values: [value] }) })
      await fixture.slapd?.asRoot(client =>
        client.modify(`uid=${uid},${bases.staff}`, [
          set('pwdReset', 'TRUE'),
          set('pwdPolicySubentry', `cn=reset,ou=policies,${suffix}`),
        ]),
      )
    }

    /** Six sign-ins: five reach the directory, the sixth meets the limit. */
    const traceLogin = async (login: string, secret: string) => {
      const visitor = await afresh()
      const answers: ObservedAnswer[] = []
      for (let tried = 0; tried < 6; tried += 1) answers.push(await visitor.signIn(login, secret))
      answers.push(await visitor.get('/fr/compte'))
      return { answers: answers.map(seenIn), left: await rows() }
    }

    it.each(logins)(
      'sign-in, $who: like a known person with a wrong password',
      { timeout: 60_000 },
      async one => {
        const external = slapdOnly ? 'ext-odubois' : 'odubois'
        // Few enough that the directory locks no account.
        mistyped ??= await traceLogin(external, 'Faux-Passage-77')
        await one.made()
        const secret = 'secret' in one ? one.secret : demoPerson(one.login).password
        expect(await traceLogin(one.login, secret ?? '')).toEqual(mistyped)
      },
    )
    let mistyped: Trace | undefined

    it('a frozen account keeps its question, and refuses as for a wrong answer', {
      timeout: 60_000,
    }, async () => {
      const before = await trace(known)
      const person = await fixture.application.directory.findLogin('clefevre')
      if (!person.ok || !person.person) throw new Error('Camille is gone')
      const { id } = person.person
      await fixture.application.store.transaction(tx =>
        fixture.application.accounts.freezes.put(tx, {
          person: id,
          kind: 'frozen',
          until: null,
          by: 'test',
          reason: 'test',
        }),
      )
      expect((await trace(known)).answers).toEqual(before.answers)
      clock.forward(hours(48))
      const twice = async (answer: string) => {
        const visitor = newVisitor(fixture.url)
        await visitor.identify('numero-personnel', known.number, known.date)
        return [folded((await visitor.answer(answer)).html), folded((await visitor.answer(answer)).html)]
      }
      const right = await twice('felix')
      expect(right[0]).toContain('Cette réponse ne correspond pas.')
      expect(right[1]).toBe(right[0])
      await fixture.application.store.transaction(tx => fixture.application.accounts.freezes.lift(tx, id))
    })

    const question = (html: string) => /id="question"[^>]*>([^<]*)</.exec(html)?.[1] ?? ''
    const asked = async (slug: string, number: string, date: string) => {
      const visitor = newVisitor(fixture.url)
      await visitor.identify(slug, number, date)
      const { html } = await visitor.get('/fr/mot-de-passe/question-joker')
      return { visitor, question: question(html) }
    }

    it.each([
      ['somebody', known.number],
      ['nobody', '204519'],
    ])('%s is asked the same on the first day, on the second and after a year', async (_, number) => {
      const request = async () => (await asked('numero-personnel', number, known.date)).question
      const first = await request()
      clock.forward(hours(24))
      expect(await request()).toBe(first)
      clock.forward(hours(24 * 365))
      expect(await request()).toBe(first)
      expect(first).not.toBe('')
    })

    it('a stranger sees nothing of what the owner does at the same time', { timeout: 60_000 }, async () => {
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
        const owner = newVisitor(fixture.url)
        await owner.answerJokerAsCamille()
        expect((await owner.choose('Tr0mbone&Cascade-3')).location).toMatch(/termine$/)
      })
      expect(await seenBy('204519', async () => {})).toEqual(owned)
    })
  },
)
