import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { movableClock } from '../../test/world/clock.ts'
import { newStore, storeFlavours } from '../../test/world/stores.ts'
import { minutes } from '../clock.ts'
import { newHandle } from '../crypto/crypto.ts'
import type { PersonId } from '../directory/directory.ts'
import { defaultLimits } from '../limits/limits.ts'
import { createJourneyStores } from './journeys.ts'
import { pages, type State, transitions } from './password/password.ts'

const camille = 'camille' as PersonId
const atJoker: State = {
  step: 'prove',
  person: camille,
  numberKind: 'uid',
  ineDoubt: false,
  accountStatus: 'open',
}
const proved: State = { step: 'new-password', person: camille, answerDigest: 'm', factor: null, provedAt: 0 }

describe('the transitions of « Récupérer mon mot de passe »', () => {
  it('reach the new password only through a proof', () => {
    const arrows = Object.entries(transitions).flatMap(([from, events]) =>
      Object.entries(events).map(([event, to]) => ({ from, event, to })),
    )
    expect(arrows.filter(({ to }) => to === 'new-password')).toEqual([
      { from: 'prove', event: 'proved', to: 'new-password' },
      { from: 'second-factor', event: 'proved', to: 'new-password' },
      { from: 'writing', event: 'refused', to: 'new-password' },
    ])
    expect(arrows.filter(({ to }) => to === 'second-factor')).toEqual([
      { from: 'prove', event: 'factor-required', to: 'second-factor' },
    ])
    expect(arrows.filter(({ to }) => to === 'done')).toEqual([
      { from: 'writing', event: 'written', to: 'done' },
    ])
  })

  it('have a page for every state', () => {
    expect(Object.keys(pages).sort()).toEqual(Object.keys(transitions).sort())
  })
})

describe.each(storeFlavours.filter(({ available }) => available))('a journey on $flavour', ({ flavour }) => {
  let opened: Awaited<ReturnType<typeof newStore>>
  let journeyStore: ReturnType<typeof createJourneyStores>
  let journeys: typeof journeyStore.password
  const clock = movableClock()
  beforeEach(async () => {
    opened = await newStore(flavour)
    journeyStore = createJourneyStores({ store: opened.store, clock, limits: defaultLimits })
    journeys = journeyStore.password
  })
  afterEach(() => opened.forget())

  const begin = async (state: State = atJoker) => {
    const handle = newHandle()
    await opened.store.transaction(tx =>
      journeys.open(tx, {
        handle,
        subject: camille,
        state,
        network: 'n',
        language: 'fr',
        device: '',
      }),
    )
    return handle
  }
  const find = async (handle: string) => {
    const found = await journeys.find(handle)
    if (!found) throw new Error('no journey')
    return found
  }

  it('is found by its handle alone, which the store does not keep', async () => {
    const handle = await begin()
    expect((await find(handle)).state).toEqual(atJoker)
    expect(
      JSON.stringify(await opened.store.read.selectFrom('journeys').selectAll().execute()),
    ).not.toContain(handle)
    expect(await journeys.find(newHandle())).toBe(null)
  })

  it('moves once when several requests arrive at the same time', async () => {
    const journey = await find(await begin())
    const moved = await Promise.all(
      Array.from({ length: 8 }, () =>
        opened.store.transaction(tx => journeys.advance(tx, journey, 'proved', proved)),
      ),
    )
    expect(moved.filter(Boolean)).toHaveLength(1)
  })

  it('refuses a transition that is not in its table', async () => {
    const journey = await find(await begin())
    const leap: State = { step: 'done', person: camille, verifiedAt: 1, writtenAt: 1 }
    expect(await opened.store.transaction(tx => journeys.advance(tx, journey, 'written', leap))).toBe(false)
    expect(await opened.store.transaction(tx => journeys.advance(tx, journey, 'proved', leap))).toBe(false)
  })

  it('lets one of several concurrent requests claim the submission', async () => {
    const journey = await find(await begin())
    const claims = await Promise.all(
      Array.from({ length: 8 }, () =>
        opened.store.transaction(tx => journeys.claimSubmission(tx, journey, atJoker)),
      ),
    )
    expect(claims.filter(Boolean)).toHaveLength(1)
  })

  it('lets nobody claim the submission of a journey that has expired meanwhile', async () => {
    const journey = await find(await begin())
    clock.forward(minutes(15))
    expect(await opened.store.transaction(tx => journeys.claimSubmission(tx, journey, atJoker))).toBe(null)
  })

  it('expires 15 minutes after its last step, and 60 after its first whatever is done', async () => {
    const handle = await begin()
    clock.forward(minutes(14))
    await opened.store.transaction(async tx => journeys.advance(tx, await find(handle), 'proved', proved))
    clock.forward(minutes(14))
    expect(await journeys.find(handle)).not.toBe(null)
    clock.forward(minutes(2))
    expect(await journeys.find(handle)).toBe(null)
    const late = await begin()
    const { expiresAt } = await find(late)
    clock.forward(minutes(14))
    const before = clock.now()
    await opened.store.transaction(tx =>
      tx
        .updateTable('journeys')
        .set({ ends_at: before + minutes(5) })
        .execute(),
    )
    await opened.store.transaction(async tx => journeys.advance(tx, await find(late), 'proved', proved))
    expect((await find(late)).expiresAt).toBe(before + minutes(5))
    expect(expiresAt).toBeGreaterThan(0)
  })

  describe('goes on for 15 minutes when its person asks, and its open form is still the one expected', () => {
    const extend = async (handle: string) => {
      const journey = await find(handle)
      await opened.store.transaction(tx => journeys.extend(tx, journey))
    }
    const prove = async (handle: string) => {
      const journey = await find(handle)
      await opened.store.transaction(tx => journeys.advance(tx, journey, 'proved', proved))
    }

    it('after the proof until 60 minutes after its first step, never longer', async () => {
      const handle = await begin()
      const { expiresAt } = await find(handle)
      await prove(handle)
      const { version } = await find(handle)
      for (const _ of [1, 2, 3, 4]) {
        clock.forward(minutes(14))
        await extend(handle)
      }
      const last = await find(handle)
      expect(last.version).toBe(version)
      expect(last.expiresAt).toBe(expiresAt + minutes(45))
      clock.forward(minutes(5))
      await opened.store.transaction(tx => journeys.extend(tx, last))
      expect(await journeys.find(handle)).toBe(null)
    })

    it('before the proof until 30 minutes: anybody can hold one, and a network holds few', async () => {
      const handle = await begin()
      const { expiresAt } = await find(handle)
      for (const _ of [1, 2]) {
        clock.forward(minutes(14))
        await extend(handle)
      }
      expect((await find(handle)).expiresAt).toBe(expiresAt + minutes(15))
      clock.forward(minutes(3))
      expect(await journeys.find(handle)).toBe(null)
    })

    it('what was carried out late stays readable for 15 minutes, and asking shortens nothing', async () => {
      const handle = await begin()
      await prove(handle)
      for (const _ of [1, 2, 3, 4]) {
        clock.forward(minutes(14))
        await extend(handle)
      }
      const journey = await find(handle)
      const { person } = proved
      const writing = { step: 'writing', person, attempt: 'a' } as unknown as State
      await opened.store.transaction(tx => journeys.advance(tx, journey, 'submitted', writing))
      clock.forward(minutes(3))
      const done = { step: 'done', person, verifiedAt: 1, writtenAt: 1 } as const
      await opened.store.transaction(tx =>
        journeys.settleStep(tx, journey.id, 'writing', 'written', () => done),
      )
      const { expiresAt: readableUntil } = await find(handle)
      expect(readableUntil).toBeGreaterThan(clock.now() + minutes(14))
      clock.forward(minutes(2))
      await extend(handle)
      expect((await find(handle)).expiresAt).toBe(readableUntil)
    })
  })

  it('does not move once it has expired', async () => {
    const journey = await find(await begin())
    clock.forward(minutes(16))
    expect(await opened.store.transaction(tx => journeys.advance(tx, journey, 'proved', proved))).toBe(false)
  })

  it('ends the other journeys of the same person, except the one that wrote first', async () => {
    const prove = async (handle: string) => {
      const journey = await find(handle)
      await opened.store.transaction(tx => journeys.advance(tx, journey, 'proved', proved))
      return handle
    }
    const [one, two, three] = [
      await prove(await begin()),
      await prove(await begin()),
      await prove(await begin()),
    ]
    const unproved = await begin()
    const winner = await find(three)
    const ended = await opened.store.transaction(tx =>
      journeyStore.endOfPerson(tx, camille, {
        event: 'superseded',
        why: 'journey-superseded',
        except: winner.id,
      }),
    )
    expect(ended).toBe(2)
    for (const handle of [one, two])
      expect((await find(handle)).state).toEqual({ step: 'stopped', why: 'journey-superseded' })
    expect((await find(three)).state).toEqual(proved)
    // A browser that only typed a number and a date learns nothing of the owner's actions.
    expect((await find(unproved)).state).toEqual(atJoker)
  })
})
