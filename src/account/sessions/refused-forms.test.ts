import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { movableClock } from '../../../test/world/clock.ts'
import { newStore, storeFlavours } from '../../../test/world/stores.ts'
import { keysFrom } from '../../crypto/keys.ts'
import type { Session } from '../../identity/session.ts'
import type { HandlerRequest, HandlerResult } from '../../web/handler.ts'
import { createSessionForms, type Refused } from './refused-forms.ts'

type Reasons = { readonly reason: string }
const redirected: HandlerResult = { kind: 'redirect', to: '/done' }

describe.each(storeFlavours.filter(({ available }) => available))(
  'a refused form of the account on $flavour',
  ({ flavour }) => {
    let opened: Awaited<ReturnType<typeof newStore>>
    const user = { session: { origin: 'session' } as Session }
    const request = { href: (route: string) => `/${route}` } as unknown as HandlerRequest
    beforeEach(async () => {
      opened = await newStore(flavour)
    })
    afterEach(() => opened.forget())

    const formOf = (
      route: 'addresses' | 'changePassword',
      submit: () => Promise<HandlerResult | Refused<Reasons>>,
    ) => {
      let shown: Reasons | null = null
      const forms = createSessionForms({
        store: opened.store,
        clock: movableClock(),
        keys: keysFrom(Buffer.alloc(32, 1)),
      })<typeof user, Reasons>(() => ({ route }), {
        view: async (_, __, kept) => {
          shown = kept
          return redirected
        },
        submit,
      })
      return {
        send: () => forms.post(request, user),
        see: async () => {
          await forms.get(request, user)
          return shown?.reason ?? null
        },
      }
    }
    const refusing = (reason: string) => async () => ({ kind: 'refused' as const, shown: { reason } })

    it('shows why in its own tab, whatever another tab sends meanwhile', async () => {
      const first = formOf('addresses', refusing('mail-form'))
      const second = formOf('changePassword', refusing('password-refused'))
      await first.send()
      await second.send()
      expect([await first.see(), await second.see()]).toEqual(['mail-form', 'password-refused'])
      await formOf('changePassword', async () => redirected).send()
      expect([await first.see(), await second.see()]).toEqual(['mail-form', null])
    })

    it('is forgotten before the next one is carried out, after which nothing may fail', async () => {
      await formOf('addresses', refusing('mail-form')).send()
      let before: string | null = 'not seen'
      const next = formOf('addresses', async () => {
        before = await formOf('addresses', refusing('unused')).see()
        return redirected
      })
      await next.send()
      expect(before).toBe(null)
    })
  },
)
