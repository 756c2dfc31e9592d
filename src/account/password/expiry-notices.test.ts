import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { newStore, storeFlavours } from '../../../test/world/stores.ts'
import { days, hours } from '../../clock.ts'
import type { ExpiringPassword, PersonId } from '../../directory/directory.ts'
import { recordAcceptance } from '../../identity/charter-acceptances.ts'
import { createNotices, type Notices } from '../../notify/notify.ts'
import { ok, refused } from '../../result.ts'
import { createExpiryNotices } from './expiry-notices.ts'

const start = Date.UTC(2026, 10, 1, 12)
const camille = 'camille' as PersonId

describe.each(storeFlavours.filter(({ available }) => available))(
  'mails about passwords that expire, on $flavour',
  ({ flavour }) => {
    let world: Awaited<ReturnType<typeof newStore>>
    let now = start
    let people: ExpiringPassword[] = []
    let unavailable = false
    const clock = { now: () => now, sleep: async () => {} }
    beforeEach(async () => {
      world = await newStore(flavour)
      now = start
      people = [{ person: camille, expiresAt: start + days(20) }]
      unavailable = false
    })
    afterEach(() => world.forget())

    const process = (notices: Notices = createNotices(clock)) =>
      createExpiryNotices({
        store: world.store,
        clock,
        notices,
        daysBefore: [14, 3],
        directory: {
          expiring: async (from, to) =>
            unavailable
              ? refused('directory-unavailable')
              : ok({ people: people.filter(({ expiresAt }) => expiresAt > from && expiresAt <= to) }),
        },
      })
    const written = async () => {
      const rows = await world.store.read.selectFrom('notices').selectAll().orderBy('created_at').execute()
      return rows.map(({ kind, created_at, facts }) => [
        kind,
        (created_at - start) / days(1),
        (JSON.parse(facts).until - start) / days(1),
      ])
    }
    /** Runs the job every six hours, so many days long. */
    const live = async (long: number, jobs = [process()]) => {
      for (const until = now + days(long); now < until; now += hours(6))
        await Promise.all(jobs.map(job => job.run()))
    }

    it('are written once for each configured number of days, and again for the next expiry', async () => {
      await live(21)
      const first = [
        ['password-expiring', 6, 20],
        ['password-expiring', 17, 20],
      ]
      expect(await written()).toEqual(first)
      people = [{ person: camille, expiresAt: start + days(50) }]
      await live(30)
      expect(await written()).toEqual([
        ...first,
        ['password-expiring', 36, 50],
        ['password-expiring', 47, 50],
      ])
    })

    it('are in the language in which the person last read the charter, else in that of the institution', async () => {
      const languages = async () => {
        const rows = await world.store.read.selectFrom('notices').selectAll().orderBy('created_at').execute()
        return rows.map(({ language }) => language)
      }
      const accept = (language: 'fr' | 'en', at: number) =>
        world.store.transaction(tx =>
          recordAcceptance(tx, { person: camille, version: '2026-09', language, at }),
        )
      await live(7)
      expect(await languages()).toEqual(['fr'])
      await accept('fr', start - days(200))
      await accept('en', start - days(100))
      await live(12)
      expect(await languages()).toEqual(['fr', 'en'])
    })

    it('are written once where several processes run', async () => {
      await live(21, [process(), process(), process()])
      expect(await written()).toHaveLength(2)
    })

    it('are not lost when the process dies at the mail, nor while the directory is away', async () => {
      now = start + days(6)
      const dying = process({
        write: async () => {
          throw new Error('killed')
        },
      })
      await expect(dying.run()).rejects.toThrow('killed')
      unavailable = true
      expect(await process().run()).toBe(0)
      unavailable = false
      now += hours(30)
      expect(await process().run()).toBe(1)
      expect(await written()).toEqual([['password-expiring', 7.25, 20]])
    })

    it('say the nearest time alone when an earlier one was missed', async () => {
      now = start + days(18)
      await live(2)
      expect(await written()).toEqual([['password-expiring', 18, 20]])
    })
  },
)
