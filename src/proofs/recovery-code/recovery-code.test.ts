import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { movableClock } from '../../../test/world/clock.ts'
import { newStore, storeFlavours } from '../../../test/world/stores.ts'
import { minutes } from '../../clock.ts'
import { keysFrom } from '../../crypto/keys.ts'
import type { PersonId } from '../../directory/directory.ts'
import { type Hashing, openHashing } from '../../hashing/hashing.ts'
import { defaultLimits } from '../../limits/limits.ts'
import { createRecoveryCodes, type RecoveryCodes } from './recovery-code.ts'
import { foldRecoveryCode, inGroups, looksPrinted, newCode } from './written-code.ts'

describe('a printed code', () => {
  it('has 80 bits, in 32 characters that are not easily confused', () => {
    const drawn = Array.from({ length: 2000 }, newCode)
    expect(new Set(drawn).size).toBe(2000)
    expect(new Set(drawn.join('')).size).toBe(32)
    for (const code of drawn) expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{16}$/)
  })

  it.each([
    '0123-4567-89AB-CDEF',
    '0123456789abcdef',
    ' o123 4567 89ab cdef ',
    'OI23–4567–89ab–cdef',
    '0l23.4567.89AB.CDEF',
  ])('« %s » is the same code', typed => expect(foldRecoveryCode(typed)).toBe('0123456789ABCDEF'))

  it('is printed in groups of four, and recognised by its form', () => {
    expect(inGroups('0123456789ABCDEF')).toBe('0123-4567-89AB-CDEF')
    expect(looksPrinted('0123456789ABCDEF')).toBe(true)
    for (const typed of ['', '123456', '0123456789ABCDE', '0123456789ABCDEFG', '0123456789ABCDEU'])
      expect(looksPrinted(foldRecoveryCode(typed))).toBe(false)
  })
})

describe.each(storeFlavours.filter(({ available }) => available))(
  'printed codes on $flavour',
  ({ flavour }) => {
    let opened: Awaited<ReturnType<typeof newStore>>
    let hashing: Hashing
    let codes: RecoveryCodes
    const clock = movableClock()
    const camille = 'camille' as PersonId
    const who = { network: 'n', queueKey: 'j' }
    beforeAll(() => {
      hashing = openHashing()
    })
    afterAll(() => hashing.close())
    beforeEach(async () => {
      opened = await newStore(flavour)
      const keys = keysFrom(Buffer.alloc(32, 8))
      codes = createRecoveryCodes({ store: opened.store, clock, limits: defaultLimits, keys, hashing })
    })
    afterEach(() => opened.forget())

    const print = async () => {
      const made = await codes.make(camille, 'laptop', who)
      if (!made.ok) throw new Error(made.reason)
      return made.codes
    }
    const read = async (typed: string, which: 'in-service' | { waitingIn: string }) => {
      const result = await codes.read(camille, typed, which, who)
      if (!result.ok) throw new Error(result.reason)
      return result.code
    }
    const verify = async (typed: string) => {
      const result = await codes.verify({ ...who, person: camille }, typed)
      if (!result.ok) throw new Error(result.reason)
      return result.answer
    }
    const judge = async ({ judge: judged }: Awaited<ReturnType<typeof verify>>) => {
      const verdict = await opened.store.transaction(tx => judged(tx, true))
      return verdict.verdict === 'right' ? { left: verdict.codesLeft } : null
    }
    const consume = async (typed: string) => judge(await verify(typed))
    const confirm = async (typed: string) => {
      const code = await read(typed, { waitingIn: 'laptop' })
      return opened.store.transaction(tx => codes.confirm(tx, camille, code))
    }

    it('are accepted after the first of them was typed, each once', async () => {
      const [first = '', second = ''] = await print()
      expect(await codes.find(camille)).toBeNull()
      expect(await consume(first)).toBeNull()
      expect(await confirm(first)).toEqual({ left: 7 })
      expect(await consume(first)).toBeNull()
      expect(await consume(second.toLowerCase().replaceAll('-', ' '))).toEqual({ left: 6 })
      expect(await consume(second)).toBeNull()
      expect(await codes.find(camille)).toMatchObject({ left: 6 })
    })

    it('accept one of ten concurrent uses of the same code', async () => {
      const [first = '', second = ''] = await print()
      await confirm(first)
      const answer = await verify(second)
      const all = await Promise.all(Array.from({ length: 10 }, () => judge(answer)))
      expect(all.filter(Boolean)).toEqual([{ left: 6 }])
    })

    it('are voided by a new sheet, but only once a code of it was typed', async () => {
      const [first = '', second = '', third = ''] = await print()
      await confirm(first)
      const [fresh = '', next = ''] = await print()
      expect(await confirm('0000-0000-0000-0000')).toBeNull()
      expect(await consume(second)).toEqual({ left: 6 })
      expect(await confirm(fresh)).toEqual({ left: 7 })
      expect(await consume(third)).toBeNull()
      expect(await consume(next)).toEqual({ left: 6 })
    })

    it('are never accepted when the sheet was not confirmed in time', async () => {
      const [first = ''] = await print()
      expect(await codes.isWaiting(camille, 'laptop')).toBe(true)
      clock.forward(minutes(16))
      expect(await codes.isWaiting(camille, 'laptop')).toBe(false)
      expect(await confirm(first)).toBeNull()
    })

    it('are stored so that they cannot be read back', async () => {
      const sheet = await print()
      const rows = await opened.store.read.selectFrom('recovery_codes').selectAll().execute()
      expect(rows).toHaveLength(8)
      const kept = JSON.stringify(rows).toUpperCase()
      for (const code of sheet)
        for (const part of [code, foldRecoveryCode(code)]) expect(kept).not.toContain(part)
    })

    it('are refused once they are removed', async () => {
      const [first = '', second = ''] = await print()
      await confirm(first)
      expect(await opened.store.transaction(tx => codes.remove(tx, camille))).toBe(true)
      expect(await consume(second)).toBeNull()
      expect(await opened.store.read.selectFrom('recovery_codes').selectAll().execute()).toEqual([])
    })
  },
)
