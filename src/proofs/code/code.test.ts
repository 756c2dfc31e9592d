import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { movableClock } from '../../../test/world/clock.ts'
import { newStore, storeFlavours } from '../../../test/world/stores.ts'
import { minutes } from '../../clock.ts'
import { keysFrom, unseal } from '../../keys.ts'
import { defaultLimits } from '../../limits.ts'
import { mailRowsWith } from '../../notify/mail-rows.ts'
import { openDoors } from '../../web/doors.ts'
import { type Codes, openCodes } from './code.ts'
import { type Destination, masked, parseMail, parseMobile } from './destination.ts'

const keys = keysFrom(Buffer.alloc(32, 7))
const address = 'camille@maison.example' as Destination

describe.each(storeFlavours.filter(({ available }) => available))(
  'a sent code on $flavour',
  ({ flavour }) => {
    let opened: Awaited<ReturnType<typeof newStore>>
    let codes: Codes
    const clock = movableClock()
    beforeEach(async () => {
      opened = await newStore(flavour)
      const { store } = opened
      const mails = mailRowsWith({ keys, clock })
      codes = openCodes({ store, clock, limits: defaultLimits, keys, doors: openDoors(store, clock), mails })
    })
    afterEach(() => opened.forget())

    const asked = { request: 'r', to: address, person: 'camille', name: 'Camille', language: 'fr' } as const
    const mails = () => opened.store.read.selectFrom('mails').selectAll().orderBy('created_at').execute()
    const lastCode = async () => {
      const row = (await mails()).at(-1)
      const facts = JSON.parse(unseal(keys.of('seal-mail'), `mails.facts.${row?.id}`, row?.facts ?? ''))
      return String(facts.events[0].code)
    }
    const tryCode = (request: string, typed: string) =>
      opened.store.transaction(tx => codes.consume(tx, request, typed))

    it('confirms the address that it was sent to, once, as it is read', async () => {
      expect((await codes.send(asked)).ok).toBe(true)
      expect(await codes.sentTo('r')).toBe(address)
      const code = await lastCode()
      expect(code).toMatch(/^\d{4} \d{4}$/)
      expect(await tryCode('r', code)).toEqual({ ok: true, destination: address })
      expect(await tryCode('r', code)).toEqual({ ok: false, reason: 'code-expired' })
    })

    it('proves nothing for another request', async () => {
      await codes.send(asked)
      const code = await lastCode()
      await codes.send({ ...asked, request: 'other' })
      expect(await tryCode('other', code)).toMatchObject({ ok: false, reason: 'code-wrong' })
    })

    it('allows five tries, however many are sent side by side', async () => {
      await codes.send(asked)
      const code = await lastCode()
      const wrong = code === '0000 0000' ? '11111111' : '00000000'
      const tried = await Promise.all(Array.from({ length: 8 }, () => tryCode('r', wrong)))
      expect(tried.filter(one => !one.ok && one.reason === 'code-wrong')).toHaveLength(5)
      expect(await tryCode('r', code)).toEqual({ ok: false, reason: 'code-expired' })
    })

    it('dies after ten minutes, and with the next one', async () => {
      await codes.send(asked)
      const first = await lastCode()
      clock.forward(minutes(1))
      await codes.send(asked)
      const second = await lastCode()
      if (first !== second) expect((await tryCode('r', first)).ok).toBe(false)
      clock.forward(minutes(11))
      expect(await tryCode('r', second)).toEqual({ ok: false, reason: 'code-expired' })
      expect(await codes.sentTo('r')).toBe(address)
    })

    it('is not sent a sixth time in an hour to one address', async () => {
      const sent = []
      for (let n = 0; n < 6; n += 1) sent.push((await codes.send({ ...asked, request: `r${n}` })).ok)
      expect(sent).toEqual([true, true, true, true, true, false])
    })

    it('leaves neither the code nor the address in the store', async () => {
      await codes.send(asked)
      const code = await lastCode()
      const rows = JSON.stringify([
        await opened.store.read.selectFrom('sent_codes').selectAll().execute(),
        await mails(),
      ])
      for (const secret of [code, code.replace(' ', ''), address]) expect(rows).not.toContain(secret)
    })
  },
)

it.each([
  ['prenom.nom+sesame@exemple.fr', true],
  ['été@exämple.fr', true],
  ['prenom@exemple', false],
  ['a b@exemple.fr', false],
  ['a@exemple.fr\nBcc: b@exemple.fr', false],
  ['a@b@exemple.fr', false],
])('the address « %s »: %s', (typed, good) => {
  expect(parseMail(typed).ok).toBe(good)
})

it.each([
  ['06 12 34 56 78', '+33612345678'],
  ['+33 (0)6 12 34 56 78', '+33612345678'],
  ['0032 470 12 34 56', '+32470123456'],
  ['01 23', null],
  ['douze', null],
])('the mobile « %s » is %s', (typed, to) => {
  const parsed = parseMobile(typed)
  expect(parsed.ok ? parsed.to : null).toBe(to)
})

it('tells where a code went without telling it to others', () => {
  expect(masked(address)).toBe('c•••@maison.example')
  expect(masked('+33612345678' as Destination)).toBe('•• •• •• 78')
})
