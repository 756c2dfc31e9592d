import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { movableClock } from '../../../test/world/clock.ts'
import { newStore, storeFlavours } from '../../../test/world/stores.ts'
import type { Audit, AuditKind } from '../../audit/audit.ts'
import { createAudit } from '../../audit/chain.ts'
import { minutes } from '../../clock.ts'
import { keysFrom } from '../../crypto/keys.ts'
import type { PersonId } from '../../directory/directory.ts'
import { countsOf, readJournal, readStories } from './journal.ts'

const camille = 'camille' as PersonId

describe.each(storeFlavours.filter(({ available }) => available))(
  'the journal on $flavour',
  ({ flavour }) => {
    const clock = movableClock()
    let opened: Awaited<ReturnType<typeof newStore>>
    let audit: Audit
    beforeEach(async () => {
      opened = await newStore(flavour)
      const keys = keysFrom(Buffer.alloc(32, 5))
      audit = createAudit(() => keys.of('audit'), clock)
    })
    afterEach(() => opened.forget())

    const append = (kind: AuditKind, details = {}) => {
      clock.forward(minutes(1))
      const by = { kind: 'anonymous' } as const
      return opened.store.transaction(tx => audit.append(tx, { chain: camille, kind, by, details }))
    }
    const kindsIn = (stories: readonly { readonly main: { readonly kind: string } }[]) =>
      stories.map(({ main }) => main.kind)

    it('shows what its owner did, however often a stranger who knows the number tries', async () => {
      await append('password.written')
      await append('factor.added')
      for (let tried = 0; tried < 60; tried += 1)
        await append('journey.opened', { story: `journey:${tried}` })
      const read = await readStories(opened.store, camille, { changes: 3, tries: 2 })
      expect(kindsIn(read.stories)).toEqual([
        'journey.opened',
        'journey.opened',
        'factor.added',
        'password.written',
      ])
      expect(read).toMatchObject({ moreChanges: false, moreTries: true })
      expect(countsOf(read.stories)).toEqual({ changes: 2, tries: 2 })
      const exported = await readJournal(opened.store, camille, { own: 5, beforeProof: 5 })
      expect(exported.map(({ kind }) => kind)).toContain('password.written')
    })

    it('says apart whether there are more changes and more tries', async () => {
      await append('journey.opened', { story: 'journey:1' })
      for (let done = 0; done < 4; done += 1) await append('factor.added', { story: `session:${done}` })
      const few = { changes: 3, tries: 3 }
      expect(await readStories(opened.store, camille, few)).toMatchObject({
        moreChanges: true,
        moreTries: false,
      })
      expect(await readStories(opened.store, camille, { changes: 4, tries: 3 })).toMatchObject({
        moreChanges: false,
      })
    })

    it('shows nothing from before an erasure, also where the erasure is older than what is read', async () => {
      await append('journey.opened', { story: 'journey:former' })
      await append('account.erased')
      for (let done = 0; done < 4; done += 1) await append('factor.added')
      const read = await readJournal(opened.store, camille, { own: 3, beforeProof: 5 })
      expect(read.map(({ kind }) => kind)).toEqual(['factor.added', 'factor.added', 'factor.added'])
    })
  },
)
