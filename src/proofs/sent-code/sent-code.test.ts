import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { movableClock } from '../../../test/world/clock.ts'
import { newStore, storeFlavours } from '../../../test/world/stores.ts'
import { minutes } from '../../clock.ts'
import { unseal } from '../../crypto/crypto.ts'
import { keysFrom } from '../../crypto/keys.ts'
import { defaultLimits } from '../../limits/limits.ts'
import { createRateLimiter } from '../../limits/rate-limiter.ts'
import { createMailRows } from '../../notify/mail-rows.ts'
import { createNotices } from '../../notify/notify.ts'
import { frenchCallingCodes } from '../../notify/sms.ts'
import { type Destination, masked, parseMail } from './destination.ts'
import { createMessageBudget } from './messages.ts'
import { parseMobile } from './mobile.ts'
import { type Codes, createCodes } from './sent-code.ts'

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
      const mails = createMailRows({ keys, clock })
      const base = { store, clock, limits: defaultLimits, rateLimiter: createRateLimiter(store, clock) }
      const messages = createMessageBudget({
        ...base,
        notices: createNotices(clock),
        timeZone: 'Europe/Paris',
        configured: true,
        countries: frenchCallingCodes,
      })
      codes = createCodes({ ...base, keys, mails, messages })
    })
    afterEach(() => opened.forget())

    const asked = {
      codeRequest: 'r',
      to: address,
      person: 'camille',
      name: 'Camille',
      language: 'fr' as const,
      device: '',
      network: { id: 'home', campus: false },
    }
    const mails = () => opened.store.read.selectFrom('mails').selectAll().orderBy('created_at').execute()
    const lastCode = async () => {
      const row = (await mails()).at(-1)
      const facts = JSON.parse(unseal(keys.of('seal-mail'), `mails.facts.${row?.id}`, row?.facts ?? ''))
      return String(facts.events[0].code)
    }
    const tryCode = async (codeRequest: string, typed: string) => {
      const { answer } = await codes.verify(codeRequest, typed)
      return opened.store.transaction(tx => answer.judge(tx, true))
    }

    it('confirms the address that it was sent to, once, typed as it is displayed', async () => {
      expect((await codes.send(asked)).ok).toBe(true)
      expect(await codes.sentTo('r')).toBe(address)
      const code = await lastCode()
      expect(code).toMatch(/^\d{4} \d{4}$/)
      expect(await tryCode('r', code)).toEqual({ verdict: 'right', destination: address })
      expect(await tryCode('r', code)).toEqual({ verdict: 'wrong', reason: 'code-expired' })
    })

    it('is refused for another request', async () => {
      await codes.send(asked)
      const code = await lastCode()
      await codes.send({ ...asked, codeRequest: 'other' })
      expect(await tryCode('other', code)).toMatchObject({ verdict: 'wrong', reason: 'code-wrong' })
    })

    it('allows five tries, even when more are sent concurrently', async () => {
      await codes.send(asked)
      const code = await lastCode()
      const wrong = code === '0000 0000' ? '11111111' : '00000000'
      const tried = await Promise.all(Array.from({ length: 8 }, () => tryCode('r', wrong)))
      expect(tried.filter(one => one.verdict === 'wrong' && one.reason === 'code-wrong')).toHaveLength(5)
      expect(await tryCode('r', code)).toEqual({ verdict: 'wrong', reason: 'code-expired' })
    })

    it.each(['12', '1234 567', '1234 56789', 'prenom@exemple.fr', '\u200B'])(
      'costs no try for « %s », which is no code',
      async typed => {
        await codes.send(asked)
        const code = await lastCode()
        for (let n = 0; n < 6; n += 1)
          expect(await tryCode('r', typed)).toEqual({ verdict: 'wrong', reason: 'code-wrong', left: 5 })
        expect((await tryCode('r', code)).verdict).toBe('right')
      },
    )

    it('expires after ten minutes, and is voided by the next code', async () => {
      await codes.send(asked)
      const first = await lastCode()
      clock.forward(minutes(1))
      await codes.send(asked)
      const second = await lastCode()
      if (first !== second) expect((await tryCode('r', first)).verdict).toBe('wrong')
      clock.forward(minutes(11))
      expect(await tryCode('r', second)).toEqual({ verdict: 'wrong', reason: 'code-expired' })
      expect(await codes.sentTo('r')).toBe(address)
    })

    it('is not sent a sixth time in an hour to one address', async () => {
      const sent = []
      for (let n = 0; n < 6; n += 1) sent.push((await codes.send({ ...asked, codeRequest: `r${n}` })).ok)
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
  ['mailto:camille@maison.example', 'camille@maison.example'],
  ['MAILTO:camille@maison.example', 'camille@maison.example'],
  ['a@xn--exmple-cua.fr', 'a@exämple.fr'],
  ['a@mail.XN--EXMPLE-CUA.fr', 'a@mail.exämple.fr'],
  ['a@xn--e1aybc.xn--p1ai', 'a@тест.рф'],
  ['a@xn--11b5bs3a9aj6g.xn--h2brj9c', 'a@परीक्षा.भारत'],
  ['a@exämple.fr', 'a@exämple.fr'],
])('the address « %s » is kept and shown as « %s »', (typed, to) => {
  expect(parseMail(typed)).toEqual({ ok: true, to })
})

it.each([
  ['06 12 34 56 78', '+33612345678'],
  ['+33 (0)6 12 34 56 78', '+33612345678'],
  ['+33 (0)7 12 34 56 78', '+33712345678'],
  ['0033 6 12 34 56 78', '+33612345678'],
  ['0692 12 34 56', '+262692123456'],
  ['0693 12 34 56', '+262693123456'],
  ['0639 12 34 56', '+262639123456'],
  ['0690 12 34 56', '+590690123456'],
  ['0691 22 34 56', '+590691223456'],
  ['0694 12 34 56', '+594694123456'],
  ['0696 12 34 56', '+596696123456'],
  ['0697 12 34 56', '+596697123456'],
  ['0708 40 12 34', '+508708401234'],
  ['0709 01 23 45', '+590709012345'],
  ['0709 11 23 45', '+596709112345'],
  ['0709 21 23 45', '+262709212345'],
  ['0709 36 12 34', '+262709361234'],
  ['0709 31 23 45', '+594709312345'],
  ['+262 709 21 23 45', '+262709212345'],
  ['+594 (0)709 31 23 45', '+594709312345'],
  ['+33 639 12 34 56', '+262639123456'],
  ['+33 692 12 34 56', '+262692123456'],
  ['+687 57 12 34', '+687571234'],
  ['+262 (0)692 12 34 56', '+262692123456'],
  ['+508 55 12 34', '+508551234'],
  ['+687 75.12.34', '+687751234'],
  ['+689 87 12 34 56', '+68987123456'],
  ['+681 82 12 34', '+681821234'],
  ['03 27 51 12 34', null],
  ['+33 3 27 51 12 34', null],
  ['+33 8 99 12 34 56', null],
  ['+262 262 12 34 56', null],
  ['+590 590 12 34 56', null],
  ['+594 594 12 34 56', null],
  ['+687 25 12 34', null],
  ['01 23', null],
  ['douze', null],
])('the mobile « %s » is %s', (typed, to) => {
  const parsed = parseMobile(typed)
  expect(parsed.ok ? parsed.to : null).toBe(to)
})

it.each([
  ['0032 470 12 34 56', 'Belgium'],
  ['+1 900 555 0123', 'a premium number'],
  ['+870 773 123 456', 'Inmarsat'],
  ['+881 6 1234 5678', 'Iridium'],
  ['+882 16 12345678', 'Thuraya'],
  ['+883 510 001 234 567', 'a network without a country'],
  ['+979 1 2345 6789', 'an international premium number'],
])('sends no message to « %s », %s, unless its prefix is configured', typed => {
  expect(parseMobile(typed)).toEqual({ ok: false, reason: 'mobile-country' })
  const digits = typed.replace(/^00/, '+').replace(/\s/g, '')
  expect(parseMobile(typed, ['+33', digits.slice(0, 4)])).toEqual({ ok: true, to: digits })
})

it('masks a destination so that only its owner recognises it', () => {
  expect(masked(address)).toBe('c•••@maison.example')
  expect(masked('+33612345678' as Destination)).toBe('•• •• •• 78')
})
