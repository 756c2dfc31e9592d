import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { days, hours, minutes } from '../../src/clock.ts'
import { digestOf } from '../../src/crypto/crypto.ts'
import type { Person, PersonId } from '../../src/directory/directory.ts'
import { publicRef } from '../../src/journeys/steps/guard.ts'
import { movableClock } from '../world/clock.ts'
import type { CrowdMember } from '../world/crowd.ts'
import { enrolApp } from '../world/factors.ts'
import { unlimited, unlimitedJourneys } from '../world/limits.ts'
import { codeSentTo } from '../world/mailbox.ts'
import { available, type PortalFixture, type PortalKind, startPortal } from '../world/portal.ts'
import { newVisitor } from '../world/visitor.ts'
import { wrongActivationCode } from '../world/wrong-codes.ts'

/**
 * A refusal must not depend on whether the secret was right. Every proof is tried in every state in which it is refused, with the
 * right secret and with a wrong one: once, repeated, at once and in two journeys. The answers and the store must be the same. An
 * attacker who learns that a refused answer is right can take over the account later.
 */
const deliveryKinds = ['delivery.written', 'delivery.proved', 'delivery.failed', 'delivery.dropped'] as const

const kinds: readonly PortalKind[] = [
  { directory: 'embedded', store: 'SQLite' },
  { directory: 'embedded', store: 'PostgreSQL' },
]

const wide = {
  ...unlimited,
  ...unlimitedJourneys,
  identificationPerNumber: 1e6,
  // The helpdesk is notified of every freeze here: its mails must not wait for the next hour.
  mailsPerHour: 1e6,
  mailsPerDay: 1e6,
  // Only the rows are compared; a benchmark measures the time.
  identificationFloor: 1,
}

type ObservedAnswer = { readonly status: number; readonly html: string; readonly location: string | null }
type Send = (secret: string) => Promise<ObservedAnswer>
type Secrets = { readonly right: string; readonly wrong: string }

/** A proof in one state: how a browser reaches it, and the right secret. */
type RefusalCase = {
  readonly proof: string
  readonly state: string
  /** The page of its refusals; a redirect to any other page means that the form was accepted. */
  readonly page: string
  /** Repeated answers are not marked: how many of those sent at once are judged is chance. */
  readonly unmarked?: true
  /** The status of a refusal, where it differs from that of a form shown again. */
  readonly refused?: number
  readonly prepare: (
    person: CrowdMember,
  ) => Promise<{ readonly secrets: Secrets; readonly open: () => Promise<Send> }>
}

type RepetitionPattern = {
  readonly way: string
  readonly atOnce: boolean
  readonly parallel?: true
  readonly walk: SendPattern
}
type SendPattern = (open: () => Promise<Send>, secret: string) => Promise<readonly ObservedAnswer[]>
const times = (count: number, send: Send, secret: string) =>
  Promise.all(Array.from({ length: count }, () => send(secret)))

const ways: readonly RepetitionPattern[] = [
  { way: 'once', atOnce: false, walk: async (open, secret) => [await (await open())(secret)] },
  {
    way: 'twice in a row',
    atOnce: false,
    walk: async (open, secret) => {
      const send = await open()
      return [await send(secret), await send(secret)]
    },
  },
  {
    way: 'once, then three times at once',
    atOnce: false,
    parallel: true,
    walk: async (open, secret) => {
      const send = await open()
      return [await send(secret), ...(await times(3, send, secret))]
    },
  },
  {
    way: 'three times at once',
    atOnce: true,
    parallel: true,
    walk: async (open, secret) => times(3, await open(), secret),
  },
  {
    way: 'in two browsers, one after the other',
    atOnce: false,
    walk: async (open, secret) => {
      const [one, other] = [await open(), await open()]
      return [await one(secret), await other(secret)]
    },
  },
  {
    way: 'in two browsers at once',
    atOnce: false,
    walk: async (open, secret) => {
      const [one, other] = [await open(), await open()]
      return Promise.all([one(secret), other(secret)])
    },
  },
]

/** Values that differ between people and between minutes. */
const folded = (html: string) =>
  html
    .replace(/«\s[^»]*\s»/g, '«»')
    .replace(/name="demarche" value="[^"]*"/, 'name="demarche"')
    .replace(/<style>[\s\S]*?<\/style>/, '')
    .replace(/(name="identifiant"[^>]*) value="[^"]*"/, '$1')
    .replace(/foule\d+/g, 'foule')
    .replace(/\d{1,2}(?:er)?\s\p{L}+\s\d{4}\sà \d\d:\d\d/gu, 'le jour')
    .replace(/\d\d:\d\d/g, '00:00')
    .replace(/data-minutes="\d+"/, 'data-minutes')
    .replace(/<b>[A-Z0-9-]+<\/b>/g, '<b></b>')

describe.each(kinds.filter(available))('a refusal, on $store', kind => {
  let fixture: PortalFixture
  const clock = movableClock()
  beforeAll(async () => {
    fixture = await startPortal({
      ...kind,
      clock,
      crowd: 700,
      config: { limits: wide },
    })
  })
  afterAll(() => fixture?.stop())

  let next = 0
  const newPerson = (): CrowdMember => {
    const person = fixture.crowd[next]
    next += 1
    if (!person) throw new Error('the crowd is too small')
    return person
  }
  const inStore = <T>(work: Parameters<PortalFixture['application']['store']['transaction']>[0]) =>
    fixture.application.store.transaction(work) as Promise<T>

  const changeEntry = async (person: PersonId, change: Partial<Person>) => {
    const row = await fixture.application.store.read
      .selectFrom('embedded_people')
      .select('entry')
      .where('id', '=', person)
      .executeTakeFirstOrThrow()
    const entry = JSON.stringify({ ...JSON.parse(row.entry), ...change })
    await inStore(tx => tx.updateTable('embedded_people').set({ entry }).where('id', '=', person).execute())
  }
  const close = (person: PersonId, kindOf: 'frozen' | 'recovery-closed') =>
    inStore(tx =>
      fixture.application.accounts.freezes.put(tx, {
        person,
        kind: kindOf,
        until: null,
        by: 'test',
        reason: 'test',
      }),
    )

  /** Sends an answer with the form of the journey's page. */
  const inJourney = async (
    journeyKind: { start: string; page: string; field: string },
    { number, date }: { number: string; date: string },
    until: (visitor: ReturnType<typeof newVisitor>) => Promise<unknown> = async () => {},
  ): Promise<Send> => {
    const visitor = newVisitor(fixture.url)
    await visitor.post(`${journeyKind.start}/identification/numero-personnel`, {
      numero: number,
      naissance: date,
    })
    await until(visitor)
    const at = `${journeyKind.start}/${journeyKind.page}`
    // A suspended page has no form: its hidden field is computed from the cookie, as an attacker can do.
    const demarche = publicRef({ id: digestOf(visitor.cookies.get('__Host-journey') ?? '') })
    return secret => visitor.post(at, { [journeyKind.field]: secret, demarche })
  }

  const jokerJourneys = [
    { proof: 'the joker of a password', start: '/fr/mot-de-passe' },
    { proof: 'the joker of an identifier', start: '/fr/identifiant' },
  ].map(journeyKind => ({ ...journeyKind, page: 'question-joker', field: 'reponse' }))
  const activation = { start: '/fr/activation', page: 'code', field: 'code' }

  /** Five wrong answers from another browser: the question is suspended. */
  const suspend = async (person: CrowdMember) => {
    const send = await inJourney(jokerJourneys[0] as (typeof jokerJourneys)[number], person)
    for (let tried = 0; tried < 5; tried += 1) await send(`faux ${tried}`)
  }
  const answers = { right: 'rex', wrong: 'medor' }

  const closings: Readonly<Record<string, (person: CrowdMember) => Promise<unknown>>> = {
    suspended: suspend,
    frozen: ({ id }) => close(id, 'frozen'),
    'closed to recovery': ({ id }) => close(id, 'recovery-closed'),
    ended: ({ id }) => changeEntry(id, { closed: 'by-record' }),
    'privileged and suspended': async person => {
      await changeEntry(person.id, { privileged: true })
      await suspend(person)
    },
    'frozen and suspended': async person => {
      await suspend(person)
      await close(person.id, 'frozen')
    },
  }

  const jokerCases = jokerJourneys.flatMap(journeyKind => [
    ...Object.entries(closings).map(
      ([state, shut]): RefusalCase => ({
        proof: journeyKind.proof,
        state,
        page: `${journeyKind.start}/question-joker`,
        prepare: async person => {
          await shut(person)
          return { secrets: answers, open: () => inJourney(journeyKind, person) }
        },
      }),
    ),
    {
      proof: journeyKind.proof,
      state: 'of a wrong date',
      page: `${journeyKind.start}/question-joker`,
      prepare: async (person: CrowdMember) => ({
        secrets: answers,
        open: () => inJourney(journeyKind, { ...person, date: '3/3/1983' }),
      }),
    },
  ])

  const letters: Readonly<Record<string, (person: CrowdMember) => Promise<unknown>>> = {
    'out of tries': async person => {
      const send = await inJourney(activation, person)
      for (let tried = 0; tried < 10; tried += 1) await send(wrongActivationCode(tried))
    },
    frozen: ({ id }) => close(id, 'frozen'),
    'closed to recovery': ({ id }) => close(id, 'recovery-closed'),
    ended: ({ id }) => changeEntry(id, { closed: 'by-record' }),
    expired: async () => clock.forward(days(2)),
  }

  const letterCases = Object.entries(letters).map(
    ([state, shut]): RefusalCase => ({
      proof: 'the code of a letter',
      state,
      page: '/fr/activation/code',
      prepare: async person => {
        await inStore(tx => tx.deleteFrom('jokers').where('person', '=', person.id).execute())
        const right = await inStore<string>(tx =>
          fixture.application.proofs.activationCodes.make(tx, person.id, days(1)),
        )
        await shut(person)
        return {
          secrets: { right, wrong: 'ABCD-EFGH-JKMN-PQRS' },
          open: () => inJourney(activation, person),
        }
      },
    }),
  )

  /** An app in service for an hour, its code, and a wrong code. */
  const withApp = async (person: CrowdMember) => {
    const visitor = newVisitor(fixture.url)
    await visitor.signIn(person.login, person.initialPassword)
    const { app } = await enrolApp(visitor, clock.now)
    clock.forward(hours(1))
    return () => {
      const right = app(clock.now())
      return { right, wrong: right === '000000' ? '111111' : '000000' }
    }
  }
  const factor = { start: '/fr/mot-de-passe', page: 'second-element', field: 'code' }
  const atFactor = (person: CrowdMember) =>
    inJourney(factor, person, async visitor => {
      await visitor.answer('rex')
    })
  const atSignInFactor = async ({ login, initialPassword }: CrowdMember): Promise<Send> => {
    const visitor = newVisitor(fixture.url)
    await visitor.signIn(login, initialPassword)
    return secret => visitor.post('/fr/connexion/second-element/compte', { code: secret })
  }
  const spendDigits = async (person: CrowdMember) => {
    const send = await atFactor(person)
    for (let tried = 0; tried < 5; tried += 1) await send('999999')
  }
  const factorCases = (
    [
      ['the second factor of a journey', '/fr/mot-de-passe/second-element', atFactor],
      ['the second factor of a sign-in', '/fr/connexion/second-element/compte', atSignInFactor],
    ] as const
  ).flatMap(([proof, page, reach]): readonly RefusalCase[] => [
    {
      proof,
      page,
      state: 'out of tries',
      unmarked: true,
      prepare: async person => {
        const digits = await withApp(person)
        await spendDigits(person)
        return { secrets: digits(), open: () => reach(person) }
      },
    },
    {
      proof,
      page,
      state: 'frozen meanwhile',
      refused: 303,
      prepare: async person => {
        const digits = await withApp(person)
        const frozen: Send[] = [await reach(person), await reach(person)]
        await fixture.application.helpdesk.freeze(person.id, { by: 'test', reason: 'test' })
        return { secrets: digits(), open: async () => frozen.pop() ?? (async () => reach(person) as never) }
      },
    },
  ])

  const passwordCases = ['frozen', 'ended'].map(
    (state): RefusalCase => ({
      proof: 'the password of a sign-in',
      state,
      page: '/fr/connexion',
      prepare: async person => {
        await closings[state]?.(person)
        const secrets = { right: person.initialPassword, wrong: 'Faux-Passage-77' }
        return { secrets, open: async () => secret => newVisitor(fixture.url).signIn(person.login, secret) }
      },
    }),
  )

  const address = (person: CrowdMember) => `${person.login}@ailleurs.example`
  type Spend = (send: Send, confirm: () => Promise<unknown>) => Promise<void>
  const contactCases = (
    [
      ['out of tries', async send => void (await times(5, send, '00000000'))],
      [
        'expired',
        // The page needs a recent proof, which is given after the code was sent.
        async (_, confirm) => {
          clock.forward(minutes(9))
          await confirm()
          clock.forward(minutes(2))
        },
      ],
    ] satisfies [string, Spend][]
  ).map(
    ([state, spend]): RefusalCase => ({
      proof: 'the code of an address',
      state,
      page: '/fr/compte/adresses/mail',
      refused: 303,
      prepare: async person => {
        const visitor = newVisitor(fixture.url)
        await visitor.signIn(person.login, person.initialPassword)
        await visitor.post('/fr/compte/adresses', { faire: 'mail', mail: address(person) })
        const right = await codeSentTo(fixture, address(person))
        const page = '/fr/compte/adresses/mail'
        const send: Send = secret => visitor.post(page, { code: secret })
        await spend(send, () =>
          visitor.post('/fr/connexion/confirmer/adresses', { motdepasse: person.initialPassword }),
        )
        const openShown = () => visitor.get(page)
        return { secrets: { right, wrong: '11111111' }, open: async () => send, openShown }
      },
    }),
  )

  const cases: readonly RefusalCase[] = [
    ...jokerCases,
    ...letterCases,
    ...factorCases,
    ...passwordCases,
    ...contactCases,
  ]

  const tables = [
    'journeys',
    'joker_tries',
    'joker_suspensions',
    'activation_codes',
    'activations',
    'sessions',
    'refused_forms',
    'pending_sign_ins',
    'known_browsers',
    'sent_codes',
    'contacts',
    'attempts',
    'people',
    'receipts',
    'passkey_challenges',
    'recovery_codes',
    'demo_mails',
  ] as const

  /** Sends waiting mails, so that they are counted. */
  const settled = async () => {
    const { read } = fixture.application.store
    for (;;) {
      await fixture.portal.outbox.run()
      const notices = await read.selectFrom('notices').select('id').execute()
      const mails = await read
        .selectFrom('mails')
        .select('id')
        .where('state', 'in', ['ready', 'sending'])
        .execute()
      if (notices.length === 0 && mails.length === 0) return
      await fixture.application.clock.sleep(20)
    }
  }

  /** The rows of each table, the counts of each limiter, and the recorded events. */
  const rows = async () => {
    await settled()
    const { read } = fixture.application.store
    const lengths = await Promise.all(
      tables.map(
        async table => [table, (await read.selectFrom(table).selectAll().execute()).length] as const,
      ),
    )
    const counted = await read
      .selectFrom('counters')
      .select(eb => ['name', eb.fn.sum<number>('count').as('count')])
      .where('name', '!=', 'global')
      .groupBy('name')
      .execute()
    const events = await read
      .selectFrom('audit_events')
      .select(eb => ['kind', eb.fn.countAll<number>().as('count')])
      // Background jobs do not depend on any answer.
      .where('kind', 'not in', [
        'system.heads',
        'system.sealed',
        'mail.sent',
        'mail.sent-before-proof',
        ...deliveryKinds,
      ])
      .groupBy('kind')
      .execute()
    return new Map<string, number>([
      ...lengths,
      ...counted.map(({ name, count }) => [`counted ${name}`, Number(count)] as const),
      ...events.map(({ kind: event, count }) => [`event ${event}`, Number(count)] as const),
    ])
  }
  const grown = (before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>) =>
    Object.fromEntries(
      [...after]
        .map(([name, count]) => [name, count - (before.get(name) ?? 0)] as const)
        .filter(([, count]) => count !== 0)
        .sort(),
    )
  /** The state of each journey and the names of the facts in its row. */
  const journeysOf = async (person: CrowdMember) => {
    const found = await fixture.application.store.read
      .selectFrom('journeys')
      .select(['state', 'version', 'facts', 'refusals'])
      .where('subject', '=', person.id)
      .execute()
    return found
      .map(({ state, version, facts, refusals }) => {
        const kept = Object.keys(JSON.parse(facts) as object).sort()
        return [state, version, refusals, ...kept].join(' ')
      })
      .sort()
  }

  /** Of forms sent at once one is judged and the others are redirected to its page: which is first is chance. */
  const seenIn = (answered: readonly ObservedAnswer[], atOnce: boolean, page: string) => {
    const seen = answered.map(({ status, location, html }) => {
      const title = /<h1[^>]*>(.*?)<\/h1>/.exec(folded(html))?.[1] ?? ''
      const digest = createHash('sha256').update(folded(html)).digest('base64url').slice(0, 12)
      return `${status} ${location} ${title} ${digest}`
    })
    if (!atOnce) return seen.sort()
    const passed = answered.filter(
      ({ status, location }) => !(status === 422 || (status === 303 && location === page)),
    )
    return passed.map(({ status, location }) => `${status} ${location}`)
  }

  const trace = async (
    one: RefusalCase,
    { walk, atOnce, parallel }: RepetitionPattern,
    which: keyof Secrets,
  ) => {
    const person = newPerson()
    const { secrets, open } = await one.prepare(person)
    const before = await rows()
    const answered = await walk(open, secrets[which])
    // If nothing was judged, nothing would be compared.
    expect(answered.map(({ status }) => status)).toContain(one.refused ?? 422)
    if (one.unmarked && parallel) return { seen: seenIn(answered, true, one.page) }
    const seen = seenIn(answered, atOnce, one.page)
    const left = grown(before, await rows())
    return { seen, left, journeys: await journeysOf(person) }
  }

  describe.each(cases)('of $proof, $state', one => {
    it.each(ways)(
      'sent $way: the same for the right secret and for a wrong one',
      {
        timeout: 60_000,
      },
      async way => {
        expect(await trace(one, way, 'right')).toEqual(await trace(one, way, 'wrong'))
      },
    )
  })
})
