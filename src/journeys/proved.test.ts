import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { movableClock } from '../../test/world/clock.ts'
import { fc } from '../../test/world/properties.ts'
import { newStore } from '../../test/world/stores.ts'
import { newHandle } from '../crypto/crypto.ts'
import type { PersonId } from '../directory/directory.ts'
import { defaultLimits } from '../limits/limits.ts'
import type { JourneyProofKind } from '../proofs/proof-registry.ts'
import type { Tx } from '../store/store.ts'
import type { Journey } from './journey.ts'
import type { Journeys } from './journey-store.ts'
import { createJourneyStores, transitionTables } from './journeys.ts'

const camille = 'camille' as PersonId
const { password: table } = transitionTables
const steps = Object.keys(table)
const events = [...new Set(Object.values(table).flatMap(row => Object.keys(row)))]
const proofs: readonly JourneyProofKind[] = ['joker', 'activation-code']

const step = fc.constantFrom(...steps)
const event = fc.constantFrom(...events)
const anyVerb = fc.oneof(
  fc.record({ verb: fc.constant('advance' as const), event, step, stale: fc.boolean() }),
  fc.record({ verb: fc.constant('settle' as const), event, step }),
  fc.record({ verb: fc.constant('claim' as const), event, step }),
  fc.record({ verb: fc.constant('refuse' as const), event, step }),
  fc.record({ verb: fc.constant('extend' as const), event, step }),
  fc.record({ verb: fc.constant('end' as const), event, step }),
  fc.record({
    verb: fc.constant('prove' as const),
    event,
    step,
    stale: fc.boolean(),
    kind: fc.constantFrom(...proofs),
  }),
  fc.record({
    verb: fc.constant('prove' as const),
    event: fc.constant('continued'),
    step: fc.constant('prove'),
    stale: fc.boolean(),
    kind: fc.constantFrom(...proofs),
  }),
)
type Verb = typeof anyVerb extends fc.Arbitrary<infer T> ? T : never

describe('what a journey has proved', () => {
  const clock = movableClock()
  let opened: Awaited<ReturnType<typeof newStore>>
  let stores: ReturnType<typeof createJourneyStores>
  let journeys: Journeys<{ step: string }, string>
  beforeAll(async () => {
    opened = await newStore('SQLite')
    stores = createJourneyStores({ store: opened.store, clock, limits: defaultLimits })
    journeys = stores.password as unknown as typeof journeys
  })
  afterAll(() => opened.forget())

  /** A state that claims everything: it is no proof. */
  const claiming = (name: string) => ({ step: name, person: camille, proved: { joker: 1 }, chosen: 'joker' })

  const open = async () => {
    const handle = newHandle()
    const fresh = {
      handle,
      subject: 's',
      state: claiming('prove'),
      network: 'n',
      language: 'fr',
      device: '',
    } as const
    const id = await opened.store.transaction(tx => journeys.open(tx, fresh))
    return { id, handle }
  }

  type Asked = {
    readonly tx: Tx
    readonly journey: Journey<{ step: string }>
    readonly next: ReturnType<typeof claiming>
    readonly of: Verb
  }
  const others: Readonly<Record<Exclude<Verb['verb'], 'prove'>, (asked: Asked) => Promise<unknown>>> = {
    advance: ({ tx, journey, of, next }) => journeys.advance(tx, journey, of.event, next),
    settle: ({ tx, journey, of, next }) =>
      journeys.settleStep(tx, journey.id, journey.state.step, of.event, () => next),
    claim: ({ tx, journey, next }) => journeys.claimSubmission(tx, journey, next),
    refuse: ({ tx, journey, next }) => journeys.countRefusal(tx, journey, next),
    extend: ({ tx, journey }) => journeys.extend(tx, journey),
    end: ({ tx }) => stores.endOfPerson(tx, camille, { event: 'superseded', why: 'journey-ended' }),
  }

  /** Does what the verb says; the kind of the proof that was accepted, if any. */
  const perform = (of: Verb, handle: string) =>
    opened.store.transaction(async tx => {
      const found = await journeys.find(handle)
      if (!found) return null
      const next = claiming(of.step)
      const version = found.version - ('stale' in of && of.stale ? 1 : 0)
      const asked = { tx, journey: { ...found, version }, next, of }
      if (of.verb !== 'prove') {
        await others[of.verb](asked)
        return null
      }
      const { kind, event: by } = of
      return (await journeys.prove(tx, asked.journey, { kind, at: 1, event: by, next })) ? kind : null
    })

  it('is extended by a right answer of this journey that moved it, and by nothing else', async () => {
    let accepted = 0
    await fc.assert(
      fc.asyncProperty(fc.array(anyVerb, { minLength: 1, maxLength: 20 }), async verbs => {
        const [own, other] = [await open(), await open()]
        const expected = new Set<string>()
        for (const verb of verbs) {
          const kind = await perform(verb, own.handle)
          if (kind) expected.add(kind)
          if (kind) accepted += 1
          expect(new Set((await journeys.find(own.handle))?.proved.keys())).toEqual(expected)
          expect((await journeys.find(other.handle))?.proved.size).toBe(0)
        }
      }),
      { numRuns: 200 },
    )
    expect(accepted).toBeGreaterThan(20)
  })

  it('keeps when a proof was first given, so that what revokes it is not outrun', async () => {
    const own = await open()
    const prove = async (at: number) => {
      const found = await journeys.find(own.handle)
      if (!found) throw new Error('no journey')
      const proof = { kind: 'joker', at, event: 'continued', next: claiming('prove') } as const
      return opened.store.transaction(tx => journeys.prove(tx, found, proof))
    }
    expect(await prove(1_000)).toBe(true)
    expect(await prove(2_000)).toBe(true)
    expect((await journeys.find(own.handle))?.proved.get('joker')).toBe(1_000)
  })
})
