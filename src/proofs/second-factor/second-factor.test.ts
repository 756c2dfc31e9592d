import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { appOf, wrongDigits } from '../../../test/world/factors.ts'
import { openWorld, type World } from '../../../test/world/proof-contract.ts'
import { storeFlavours } from '../../../test/world/stores.ts'
import { hours, minutes } from '../../clock.ts'
import type { PersonId } from '../../directory/directory.ts'
import { secondFactors } from '../proof-registry.ts'
import { type Factors, isAsked } from './second-factor.ts'

const none = Object.fromEntries(secondFactors.map(({ kind }) => [kind, 0])) as Factors['count']

describe('when a second factor is asked for', () => {
  it.each([
    ['nothing', {}, false],
    ['a printed sheet alone', { 'recovery-code': 8 }, false],
    ['an app', { authenticator: 1 }, true],
    ['a passkey', { passkey: 1 }, true],
  ] as const)('of somebody with %s', (_, some, asked) =>
    expect(isAsked({ count: { ...none, ...some } })).toBe(asked),
  )
})

describe.each(storeFlavours.filter(({ available }) => available))(
  'a second factor on $flavour',
  ({ flavour }) => {
    let world: World
    let app: (at: number) => string
    const camille = 'camille' as PersonId
    const who = { network: 'n', queueKey: 'j' }
    const digits = () => app(world.clock.now())
    const wrong = () => wrongDigits(app, world.clock.now())

    beforeEach(async () => {
      world = await openWorld(flavour)
      const { authenticators } = world.all
      await world.transaction(tx => authenticators.begin(tx, camille, 'laptop'))
      const offer = await authenticators.offer(camille, 'laptop', { issuer: 'Sésame', label: 'clefevre' })
      app = appOf(offer?.letters ?? '')
      await world.transaction(tx => authenticators.confirm(tx, camille, 'laptop', digits()))
      world.clock.forward(minutes(1))
    })
    afterEach(() => world.forget())

    const give = async (typed: string) => {
      const read = await world.all.secondFactor.read(camille, typed, who)
      if (!read.ok) return { verdict: read.reason }
      const use = { language: 'fr', device: '', story: 'test', signedIn: false } as const
      return world.transaction(tx => world.all.secondFactor.judge(tx, camille, read.response, use))
    }

    it('is recognised by its form: six digits, sixteen characters, or neither, which costs no try', async () => {
      for (const typed of ['12345', 'azerty', '0123-4567'])
        expect(await give(typed)).toEqual({ verdict: 'factor-form' })
      expect(await give(' ')).toEqual({ verdict: 'factor-missing' })
      expect(await give(wrong())).toEqual({ verdict: 'wrong', left: 4 })
      expect(await give('0000-0000-0000-0000')).toEqual({ verdict: 'wrong', left: null })
      expect(await give(digits())).toEqual({ verdict: 'right', by: 'authenticator' })
    })

    it('counts five tries of twenty concurrent guesses', async () => {
      const all = await Promise.all(Array.from({ length: 20 }, () => give(wrong())))
      expect(all.filter(({ verdict }) => verdict === 'wrong')).toHaveLength(5)
      expect(all.filter(({ verdict }) => verdict === 'closed')).toHaveLength(15)
    })

    /** The time until which right digits are refused. */
    const closedUntil = async () => {
      const verdict = await give(digits())
      if (verdict.verdict !== 'closed' || !('until' in verdict)) throw new Error(verdict.verdict)
      return verdict.until
    }

    it('refuses right digits while a limit is reached: a quarter of an hour after five tries, a day after twenty', async () => {
      for (let round = 0; round < 4; round += 1) {
        for (let tried = 0; tried < 5; tried += 1) await give(wrong())
        const until = await closedUntil()
        expect((until - world.clock.now()) / minutes(1)).toBeLessThanOrEqual(round < 3 ? 15 : 24 * 60)
        world.clock.forward(minutes(17))
      }
      const until = await closedUntil()
      expect((until - world.clock.now()) / hours(1)).toBeGreaterThan(20)
      world.clock.forward(until - 1 - world.clock.now())
      expect(await closedUntil()).toBe(until)
      world.clock.forward(1)
      expect(await give(digits())).toEqual({ verdict: 'right', by: 'authenticator' })
    })

    it('accepts a printed code while digits are refused, and notifies its owner', async () => {
      const made = await world.all.recoveryCodes.make(camille, 'laptop', who)
      const [first = '', second = ''] = made.ok ? made.codes : []
      const read = await world.all.recoveryCodes.read(camille, first, { waitingIn: 'laptop' }, who)
      const code = read.ok ? read.code : null
      await world.transaction(tx => world.all.recoveryCodes.confirm(tx, camille, code))
      for (let tried = 0; tried < 6; tried += 1) await give(wrong())
      expect(await give(second)).toEqual({ verdict: 'right', by: 'recovery-code', codesLeft: 6 })
      const notices = await world.store.read.selectFrom('notices').selectAll().execute()
      expect(notices.map(({ kind }) => kind)).toEqual(['recovery-code-used'])
    })

    it('records the verdict but never the typed code', async () => {
      await give(wrong())
      await give(digits())
      const events = await world.store.read.selectFrom('audit_events').select('kind').execute()
      expect(events.map(({ kind }) => kind)).toEqual(['factor.wrong', 'factor.right'])
      const details = await world.store.read.selectFrom('audit_details').select('body').execute()
      expect(JSON.stringify(details)).not.toContain(digits())
    })
  },
)
