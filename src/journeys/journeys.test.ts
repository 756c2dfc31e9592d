import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { movableClock } from '../../test/world/clock.ts'
import { fc } from '../../test/world/properties.ts'
import { newStore } from '../../test/world/stores.ts'
import { newHandle } from '../crypto/crypto.ts'
import type { PersonId } from '../directory/directory.ts'
import { defaultLimits } from '../limits/limits.ts'
import type { Transitions } from './journey.ts'
import type { Journeys } from './journey-store.ts'
import { createJourneyStores, transitionTables } from './journeys.ts'

const camille = 'camille' as PersonId
const other = 'dominique' as PersonId

type Kind = keyof typeof transitionTables
const kinds = Object.keys(transitionTables) as Kind[]
/** The tables as the test reads them: any step, any event. */
const tables: Readonly<Record<Kind, Transitions<string, string>>> = transitionTables
const stepsOf = (kind: Kind) => Object.keys(tables[kind])
const firstStep = (kind: Kind) => stepsOf(kind)[0] ?? ''
const targetOf = (kind: Kind, step: string, event: string) => tables[kind][step]?.[event]

const everyStep = [...new Set(kinds.flatMap(stepsOf))]
const everyEvent = [
  ...new Set(kinds.flatMap(kind => Object.values(tables[kind]).flatMap(events => Object.keys(events)))),
]
const endings = ['superseded', 'ended', 'signed-in'] as const

/** What is stored of one journey, and what the test expects of it. */
type Stored = { kind: Kind; step: string; person: PersonId | null; version: number }

const oneOf = <T>(values: readonly T[]) => fc.constantFrom(...values)
const anyStored = oneOf(kinds).chain(kind =>
  fc.record({ kind: fc.constant(kind), step: oneOf(stepsOf(kind)), person: oneOf([camille, other, null]) }),
)
const which = fc.nat(3)
/** Half of the steps asked for are the table's, so that many journeys move. */
const wanted = fc.option(oneOf(everyStep))
const anyAction = fc.oneof(
  fc.record({
    do: fc.constant('advance' as const),
    which,
    event: oneOf(everyEvent),
    wanted,
    stale: fc.boolean(),
  }),
  fc.record({ do: fc.constant('settle' as const), which, event: oneOf(everyEvent), wanted }),
  fc.record({ do: fc.constant('claim' as const), which, wanted }),
  fc.record({ do: fc.constant('end' as const), event: oneOf(endings), except: fc.option(which) }),
)
type Action = typeof anyAction extends fc.Arbitrary<infer T> ? T : never

describe('the tables of transitions', () => {
  it.each(kinds)('end « %s » at every step but the last, and a finished one on a freeze alone', kind => {
    for (const [step, events] of Object.entries(tables[kind])) {
      const found = { ended: events.ended, superseded: events.superseded }
      if (step === 'stopped') expect(events).toEqual({})
      else if (step === 'done') expect(events).toEqual({ ended: 'stopped' })
      else expect(found, step).toEqual({ ended: 'stopped', superseded: 'stopped' })
    }
  })

  it('let a sign-in end what an activation asks after the password, and nothing else', () => {
    const ended = kinds.flatMap(kind =>
      stepsOf(kind)
        .filter(step => targetOf(kind, step, 'signed-in'))
        .map(step => `${kind}: ${step}`),
    )
    expect(ended).toEqual([
      'activation: joker',
      'activation: address',
      'activation: address-code',
      'activation: mobile',
      'activation: mobile-code',
    ])
  })
})

describe('the store of the journeys', () => {
  const clock = movableClock()
  let opened: Awaited<ReturnType<typeof newStore>>
  let journeyStore: ReturnType<typeof createJourneyStores>
  beforeAll(async () => {
    opened = await newStore('SQLite')
    journeyStore = createJourneyStores({ store: opened.store, clock, limits: defaultLimits })
  })
  afterAll(() => opened.forget())

  /** The journeys of one kind, as if any step and any event were possible. */
  const anyJourneys = (kind: Kind) => journeyStore[kind] as unknown as Journeys<{ step: string }, string>
  const transaction: typeof opened.store.transaction = work => opened.store.transaction(work)

  const put = async ({ kind, step, person }: Omit<Stored, 'version'>) => {
    const handle = newHandle()
    const id = await transaction(tx =>
      anyJourneys(kind).open(tx, {
        handle,
        subject: 's',
        state: { step: firstStep(kind) },
        network: 'n',
        language: 'fr',
        device: '',
      }),
    )
    await transaction(tx =>
      tx.updateTable('journeys').set({ state: step, person }).where('id', '=', id).execute(),
    )
    return { handle, id }
  }

  const rows = async (ids: readonly string[]) => {
    const found = await opened.store.read
      .selectFrom('journeys')
      .select(['id', 'kind', 'state', 'person', 'version'])
      .execute()
    return ids.map(id => found.find(row => row.id === id))
  }

  type Opened = { readonly handle: string; readonly id: string }

  const end = async (
    { event, except: spared }: Extract<Action, { do: 'end' }>,
    journeys: readonly Opened[],
    expected: readonly Stored[],
  ) => {
    const except = spared === null ? null : (journeys[spared]?.id ?? null)
    const ending = { event, why: 'journey-ended', except } as const
    const count = await transaction(tx => journeyStore.endOfPerson(tx, camille, ending))
    const ended = expected.filter(
      ({ kind, step, person }, n) =>
        person === camille && journeys[n]?.id !== except && targetOf(kind, step, event) === 'stopped',
    )
    for (const journey of ended) Object.assign(journey, { step: 'stopped', version: journey.version + 1 })
    expect(count).toBe(ended.length)
  }

  const found = async ({ handle }: Opened, { kind }: Stored) => {
    const journey = await anyJourneys(kind).find(handle)
    if (!journey) throw new Error('no journey')
    return journey
  }

  const claim = async ({ wanted: step }: Extract<Action, { do: 'claim' }>, own: Opened, at: Stored) => {
    const state = { step: step ?? at.step }
    const journey = await found(own, at)
    const claimed = await transaction(tx => anyJourneys(at.kind).claimSubmission(tx, journey, state))
    expect(claimed !== null).toBe(state.step === at.step)
    if (claimed) at.version += 1
  }

  const move = async (
    action: Extract<Action, { do: 'advance' | 'settle' }>,
    own: Opened,
    at: Stored,
  ): Promise<void> => {
    const { event } = action
    const target = targetOf(at.kind, at.step, event)
    const next = { step: action.wanted ?? target ?? 'done' }
    const isStale = action.do === 'advance' && action.stale
    const journey = await found(own, at)
    const asked = { ...journey, version: journey.version - (isStale ? 1 : 0) }
    const store = anyJourneys(at.kind)
    const moved = await transaction(tx =>
      action.do === 'advance'
        ? store.advance(tx, asked, event, next)
        : store.settleStep(tx, own.id, at.step, event, () => next),
    )
    expect(moved).toBe(target === next.step && !isStale)
    if (moved) Object.assign(at, { step: next.step, version: at.version + 1 })
  }

  /** Does what the action says, and changes what is expected as the tables say. */
  const perform = async (action: Action, journeys: readonly Opened[], expected: readonly Stored[]) => {
    if (action.do === 'end') return end(action, journeys, expected)
    const [own, at] = [journeys[action.which], expected[action.which]]
    if (!own || !at) return
    return action.do === 'claim' ? claim(action, own, at) : move(action, own, at)
  }

  it('stores a state only when the table leads to it, whatever happens to the journeys of a person', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyStored, { minLength: 2, maxLength: 4 }),
        fc.array(anyAction, { minLength: 1, maxLength: 12 }),
        async (begun, actions) => {
          await transaction(tx => tx.deleteFrom('journeys').execute())
          const expected: Stored[] = begun.map(journey => ({ ...journey, version: 1 }))
          const journeys: Opened[] = []
          for (const journey of begun) journeys.push(await put(journey))
          for (const action of actions) {
            await perform(action, journeys, expected)
            expect(await rows(journeys.map(({ id }) => id))).toEqual(
              expected.map(({ step, ...row }, n) => ({ ...row, id: journeys[n]?.id, state: step })),
            )
          }
        },
      ),
      { numRuns: 150 },
    )
  })

  it.each(kinds)('opens « %s » at its first step alone', async kind => {
    for (const step of stepsOf(kind).slice(1)) {
      const fresh = { subject: 's', state: { step }, network: 'n', language: 'fr', device: '' } as const
      const begun = transaction(tx => anyJourneys(kind).open(tx, { ...fresh, handle: newHandle() }))
      await expect(begun, step).rejects.toThrow(`opens at ${firstStep(kind)}`)
    }
  })

  it('settles no journey of another kind', async () => {
    const { id } = await put({ kind: 'activation', step: 'writing', person: camille })
    const done = { step: 'done', person: camille, verifiedAt: 1, writtenAt: 1 } as const
    const settled = await transaction(tx =>
      journeyStore.password.settleStep(tx, id, 'writing', 'written', () => done),
    )
    expect(settled).toBe(false)
    expect(await rows([id])).toMatchObject([{ state: 'writing', version: 1 }])
  })
})
