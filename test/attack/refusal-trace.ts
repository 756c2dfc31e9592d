import { createHash } from 'node:crypto'
import { expect } from 'vitest'
import type { Person, PersonId } from '../../src/directory/directory.ts'
import type { Schema } from '../../src/store/schema.ts'
import type { CrowdMember } from '../world/crowd.ts'
import { unlimited, unlimitedJourneys } from '../world/limits.ts'
import type { PortalFixture, PortalKind } from '../world/portal.ts'

/**
 * What a refused answer shows and leaves: the answers, every row that was added to the store, removed or changed, the counts of the
 * limiters, the events and the states of the journeys. Two traces, of a right secret and of a wrong one, must be the same.
 */
export const refusalKinds: readonly PortalKind[] = [
  { directory: 'embedded', store: 'SQLite' },
  { directory: 'embedded', store: 'PostgreSQL' },
]

export const refusalLimits = {
  ...unlimited,
  ...unlimitedJourneys,
  identificationPerNumber: 1e6,
  // The helpdesk is notified of every freeze here: its mails must not wait for the next hour.
  mailsPerHour: 1e6,
  mailsPerDay: 1e6,
  // Codes and messages of all people together come from one network.
  codesPerNetworkPerDay: 1e6,
  messagesPerDay: 1e7,
  // Only the rows are compared; a benchmark measures the time.
  identificationFloor: 1,
}

export type ObservedAnswer = {
  readonly status: number
  readonly html: string
  readonly location: string | null
}
export type Secrets = { readonly right: string; readonly wrong: string }
export type Send = (secret: string) => Promise<ObservedAnswer>
type Open = () => Promise<Send>

/** A proof in one state: how a browser reaches it, and the right secret. */
export type RefusalCase = {
  readonly proof: string
  readonly state: string
  /** The page of its refusals; a redirect to any other page means that the form was accepted. */
  readonly page: string
  /** The status of a refusal, where it differs from that of a form shown again. */
  readonly refused?: number | readonly number[]
  /** A refused answer that is repeated is judged again: of those sent at once it is chance how many are judged, and what is shown. */
  readonly unmarked?: true
  readonly prepare: (person: CrowdMember) => Promise<{
    readonly secrets: Secrets
    readonly open: Open
    /**
     * The page that shows why, where an answer redirects to it. A session has one such page, which each form changes: it is opened once
     * all answers of a step are there.
     */
    readonly openShown?: () => Promise<ObservedAnswer>
  }>
}

/**
 * Takes down what these answers show, and what they left since the step before. `atOnce`: of these forms, the first of their journey, one
 * is judged and the others are redirected to its page or refused as repeated; which is chance.
 */
type TraceStep = (answered: readonly ObservedAnswer[], atOnce?: boolean) => Promise<void>
export type RepetitionPattern = {
  readonly way: string
  readonly walk: (open: Open, secret: string, step: TraceStep) => Promise<void>
}

export const times = (count: number, send: Send, secret: string) =>
  Promise.all(Array.from({ length: count }, () => send(secret)))

export const ways: readonly RepetitionPattern[] = [
  {
    way: 'once',
    walk: async (open, secret, step) => step([await (await open())(secret)]),
  },
  {
    way: 'twice in a row',
    walk: async (open, secret, step) => {
      const send = await open()
      await step([await send(secret), await send(secret)])
    },
  },
  {
    way: 'once, then three times at once',
    walk: async (open, secret, step) => {
      const send = await open()
      await step([await send(secret), ...(await times(3, send, secret))])
    },
  },
  {
    way: 'three times at once',
    walk: async (open, secret, step) => step(await times(3, await open(), secret), true),
  },
  {
    way: 'in two browsers, one after the other',
    walk: async (open, secret, step) => {
      const [one, other] = [await open(), await open()]
      await step([await one(secret), await other(secret)])
    },
  },
  {
    way: 'in two browsers at once',
    walk: async (open, secret, step) => {
      const [one, other] = [await open(), await open()]
      await step(await Promise.all([one(secret), other(secret)]))
    },
  },
]

/** The same in two walks, which cost less: what is left is compared after each of their steps. They open a journey three times at most. */
export const longWays: readonly RepetitionPattern[] = [
  {
    way: 'once, again, three times at once, and in another journey',
    walk: async (open, secret, step) => {
      const send = await open()
      await step([await send(secret)])
      await step([await send(secret)])
      await step(await times(3, send, secret))
      const other = await open()
      await step([await other(secret)])
    },
  },
  {
    way: 'three times at once, and at once in two other journeys',
    walk: async (open, secret, step) => {
      await step(await times(3, await open(), secret), true)
      const [one, other] = [await open(), await open()]
      await step(await Promise.all([one(secret), other(secret)]))
    },
  },
]

/** Values that differ between people and between minutes. */
const folded = (html: string) =>
  html
    .replace(/«\s[^»]*\s»/g, '«»')
    .replace(/name="demarche" value="[^"]*"/g, 'name="demarche"')
    .replace(/data-options="[^"]*"/, 'data-options')
    .replace(/<style>[\s\S]*?<\/style>/, '')
    .replace(/(name="identifiant"[^>]*) value="[^"]*"/, '$1')
    .replace(/foule\d+/g, 'foule')
    .replace(/\+33\d{9}/g, 'mobile')
    .replace(/\d{1,2}(?:er)?\s\p{L}+\s\d{4}\sà \d\d:\d\d/gu, 'le jour')
    .replace(/\d\d:\d\d/g, '00:00')
    .replace(/data-minutes="\d+"/, 'data-minutes')
    .replace(/<b>[A-Z0-9-]+<\/b>/g, '<b></b>')

const seenIn = (answered: readonly ObservedAnswer[], isChance: boolean, page: string) => {
  const seen = answered.map(({ status, location, html }) => {
    const title = /<h1[^>]*>(.*?)<\/h1>/.exec(folded(html))?.[1] ?? ''
    const digest = createHash('sha256').update(folded(html)).digest('base64url').slice(0, 12)
    return `${status} ${location} ${title} ${digest}`
  })
  if (!isChance) return seen.sort()
  const passed = answered.filter(
    ({ status, location }) => !(status === 422 || (status === 303 && location === page)),
  )
  return passed.map(({ status, location }) => `${status} ${location}`)
}

/** Tables of background work, of mails that are sent, of the directory, and those whose rows are counted by name or by kind instead. */
const others: ReadonlySet<string> = new Set([
  'schema_migrations',
  'installation',
  ...['counters', 'mails', 'demo_mails', 'not_me_tokens', 'embedded_people', 'embedded_numbers'],
  ...['audit_heads', 'audit_events', 'audit_cuts', 'audit_sealed_heads', 'audit_key_changes'],
  ...['audit_sent_heads', 'audit_stream', 'audit_seals', 'audit_details'],
  ...['hosts', 'wrapped_keys', 'key_holders', 'kept_keys', 'deliveries', 'pretend_passwords'],
])

/** Columns whose values are the same for everybody in one state; of any other, whether there is something in it. */
const comparedColumns: ReadonlySet<string> = new Set([
  ...['state', 'kind', 'version', 'refusals', 'tries', 'tries_left', 'counter', 'level', 'because'],
  ...['purpose', 'how', 'service'],
])

const shapeOf = (row: object) =>
  Object.entries(row)
    .map(([column, value]) => {
      if (comparedColumns.has(column)) return `${column}=${value}`
      return `${column}${value === null ? '=null' : value === '' ? '=' : ''}`
    })
    .join(' ')

/** Background jobs and the sending of mails do not depend on any answer. */
const otherEvents = [
  ...(['system.heads', 'system.sealed', 'mail.sent', 'mail.sent-before-proof'] as const),
  ...(['delivery.written', 'delivery.proved', 'delivery.failed', 'delivery.dropped'] as const),
]

type StoredRows = {
  /** Of each table its rows, each with its shape. */
  readonly tables: ReadonlyMap<string, ReadonlyMap<string, string>>
  /** The counts of each limiter, and how many mails and events there are of each kind. */
  readonly counts: ReadonlyMap<string, number>
}

/** Rows that were added or removed, by their shape; a changed row is both. */
const difference = (before: StoredRows, after: StoredRows) => {
  const rows = [...after.tables].flatMap(([table, now]) => {
    const then = before.tables.get(table) ?? new Map<string, string>()
    const added = [...now].filter(([row]) => !then.has(row)).map(([, shape]) => `+ ${table} ${shape}`)
    const removed = [...then].filter(([row]) => !now.has(row)).map(([, shape]) => `- ${table} ${shape}`)
    return [...added, ...removed]
  })
  const counts = [...after.counts]
    .map(([name, count]) => [name, count - (before.counts.get(name) ?? 0)] as const)
    .filter(([, count]) => count !== 0)
  return { rows: rows.sort(), counts: Object.fromEntries(counts.sort()) }
}

export const createRefusalTraces = (fixture: () => PortalFixture) => {
  const store = () => fixture().application.store
  let tables: readonly (keyof Schema)[] | null = null
  const comparedTables = async () => {
    const found = tables ?? (await store().read.introspection.getTables()).map(({ name }) => name)
    tables = found.filter((name): name is keyof Schema => !others.has(name))
    return tables
  }

  const rowsOf = async (table: keyof Schema) => {
    const rows = await store().read.selectFrom(table).selectAll().execute()
    return [table, new Map(rows.map(row => [JSON.stringify(row), shapeOf(row)]))] as const
  }
  /** So that the mails of every notice are counted. When a mail is sent does not depend on an answer. */
  const addressNotices = async () => {
    for (;;) {
      await fixture().portal.outbox.run()
      const left = await store().read.selectFrom('notices').select('id').limit(1).executeTakeFirst()
      if (!left) return
      await fixture().application.clock.sleep(20)
    }
  }
  const readRows = async (): Promise<StoredRows> => {
    await addressNotices()
    const { read } = store()
    const counted = await read
      .selectFrom('counters')
      .select(eb => ['name', eb.fn.sum<number>('count').as('count')])
      .where('name', '!=', 'global')
      .groupBy('name')
      .execute()
    const events = await read
      .selectFrom('audit_events')
      .select(eb => ['kind', eb.fn.countAll<number>().as('count')])
      .where('kind', 'not in', otherEvents)
      .groupBy('kind')
      .execute()
    const mails = await read
      .selectFrom('mails')
      .select(eb => ['kind', eb.fn.countAll<number>().as('count')])
      .groupBy('kind')
      .execute()
    return {
      tables: new Map(await Promise.all((await comparedTables()).map(rowsOf))),
      counts: new Map([
        ...counted.map(({ name, count }) => [`counted ${name}`, Number(count)] as const),
        ...mails.map(({ kind, count }) => [`mail ${kind}`, Number(count)] as const),
        ...events.map(({ kind, count }) => [`event ${kind}`, Number(count)] as const),
      ]),
    }
  }

  /** The state of each journey, the proofs that it has met, and the names of the facts in its row. */
  const journeysOf = async (person: CrowdMember) => {
    const found = await store()
      .read.selectFrom('journeys')
      .select(['state', 'version', 'facts', 'proved', 'refusals'])
      .where('subject', '=', person.id)
      .execute()
    const namesIn = (json: string) => Object.keys(JSON.parse(json) as object).sort()
    return found
      .map(({ state, version, facts, proved, refusals }) =>
        [state, version, refusals, ...namesIn(proved), '/', ...namesIn(facts)].join(' '),
      )
      .sort()
  }

  let used = 0
  const nextPerson = (): CrowdMember => {
    const person = fixture().crowd[used]
    used += 1
    if (!person) throw new Error('the crowd is too small')
    return person
  }

  const trace = async (one: RefusalCase, { walk }: RepetitionPattern, which: keyof Secrets) => {
    const person = nextPerson()
    const { secrets, open, openShown } = await one.prepare(person)
    const steps: object[] = []
    const chance: string[] = []
    let before = await readRows()
    await walk(open, secrets[which], async (answered, atOnce = false) => {
      // If nothing was judged, nothing would be compared.
      const refusals = [one.refused ?? 422].flat()
      expect(refusals.filter(refused => answered.some(({ status }) => status === refused))).not.toEqual([])
      const seen = seenIn(answered, atOnce && !one.unmarked, one.page)
      if (openShown) seen.push(...seenIn([await openShown()], false, one.page))
      if (one.unmarked) chance.push(...seen)
      const after = await readRows()
      steps.push({ seen, left: difference(before, after), journeys: await journeysOf(person) })
      before = after
    })
    return { steps, chance: chance.join() }
  }

  /** The traces of the right secret and of a wrong one. Where chance decides which answers are judged, those in which it fell alike. */
  const compare = async (one: RefusalCase, way: RepetitionPattern) => {
    const [right, wrong] = [new Map<string, readonly object[]>(), new Map<string, readonly object[]>()]
    for (let turn = 0; turn < (one.unmarked ? 8 : 1); turn += 1) {
      for (const [which, traces] of [['right', right] as const, ['wrong', wrong] as const]) {
        const { chance, steps } = await trace(one, way, which)
        traces.set(chance, steps)
      }
      const common = [...right.keys()].find(chance => wrong.has(chance))
      if (common !== undefined) return { right: right.get(common), wrong: wrong.get(common) }
    }
    return { right: Object.fromEntries(right), wrong: Object.fromEntries(wrong) }
  }

  const inStore = <T>(work: Parameters<PortalFixture['application']['store']['transaction']>[0]) =>
    store().transaction(work) as Promise<T>
  const changeEntry = async (person: PersonId, change: Partial<Person>) => {
    const row = await store()
      .read.selectFrom('embedded_people')
      .select('entry')
      .where('id', '=', person)
      .executeTakeFirstOrThrow()
    const entry = JSON.stringify({ ...JSON.parse(row.entry), ...change })
    await inStore(tx => tx.updateTable('embedded_people').set({ entry }).where('id', '=', person).execute())
  }

  return {
    compare,
    inStore,
    changeEntry,
    /** As a freeze leaves it that an earlier form of the same person overtook: sessions and journeys go on. */
    close: (person: PersonId, kind: 'frozen' | 'recovery-closed') =>
      inStore(tx =>
        fixture().application.accounts.freezes.put(tx, {
          person,
          kind,
          until: null,
          by: 'test',
          reason: 'test',
        }),
      ),
  }
}
