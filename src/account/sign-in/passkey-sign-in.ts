import { z } from 'zod'
import type { Directory } from '../../directory/directory.ts'
import type { Limits } from '../../limits.ts'
import type { Passkeys, Shown } from '../../proofs/passkey/passkey.ts'
import type { SecondFactor } from '../../proofs/second-factor/second-factor.ts'
import type { Store } from '../../store/store.ts'
import type { Language } from '../../texts/texts.ts'
import type { Ui } from '../../ui/ui.ts'
import { type Answer, type Ask, go, type Handler, problem, tooMany } from '../../web/ask.ts'
import type { Doors } from '../../web/doors.ts'
import { field } from '../../web/form.ts'
import { type Entering, pageOf } from './entering.ts'
import type { HalfSignIn, HalfSignIns } from './half-sign-ins.ts'
import { passkeySignInPage } from './passkey-sign-in.page.tsx'
import { signInDoor } from './sign-in-door.ts'

const form = z.object({ cle: field(12_000).optional() })

type Parts = {
  readonly store: Store
  readonly limits: Limits
  readonly doors: Doors
  readonly directory: Directory
  readonly passkeys: Passkeys
  readonly secondFactor: SecondFactor
  readonly halfSignIns: HalfSignIns
  readonly entering: Entering
  /** A passkey signs in alone; not where the institution's server decides who comes in. */
  readonly alone: boolean
  readonly ui: (language: Language) => Ui
}

const holderOf = (half: HalfSignIn) => `sign-in:${half.id}`

/**
 * Signing in with a passkey: alone, or as the second factor after a password. The page of sign-in stays the same bytes
 * for everyone; its button posts here for a challenge, which belongs to this browser and is used once.
 */
export const passkeySignIn = (parts: Parts) => {
  const { store, directory, passkeys, secondFactor, halfSignIns, entering } = parts
  const networkOpensAt = signInDoor(parts)

  const back = (ask: Ask, half: HalfSignIn | null) =>
    half?.person
      ? ask.href('secondFactor', { page: pageOf(ask) })
      : ask.href('signInFor', { page: pageOf(ask) })

  const begin = async (ask: Ask): Promise<Answer> => {
    const opensAt = await networkOpensAt(ask)
    if (opensAt !== null) return tooMany(ask, opensAt)
    const here = ask.href('signInPasskey', { page: pageOf(ask) })
    const half = await halfSignIns.find(ask.cookie('entering'))
    if (!half && !parts.alone) return go(back(ask, null))
    if (half) {
      await passkeys.begin(holderOf(half), 'prove')
      return go(here)
    }
    const how = { by: 'passkey' } as const
    const begun = { person: null, provedAt: ask.arrivedAt, how, confirms: null }
    const { cookie, half: mine } = await store.transaction(tx =>
      halfSignIns.open(tx, begun, ask.cookie('entering')),
    )
    await passkeys.begin(holderOf(mine), 'prove')
    return go(here, [cookie])
  }

  const page = async (ask: Ask, half: HalfSignIn, refused: boolean): Promise<Answer> => {
    const options = await passkeys.toProve(holderOf(half), half.person)
    if (!options) return go(back(ask, half))
    const ui = parts.ui(ask.language)
    return {
      kind: 'page',
      status: refused ? 422 : 200,
      page: passkeySignInPage({ ui, options, returnTo: pageOf(ask), back: back(ask, half), half, refused }),
    }
  }

  /** A new challenge, since the last was used up by what is refused. */
  const again = async (ask: Ask, half: HalfSignIn) => {
    await passkeys.begin(holderOf(half), 'prove')
    return page(ask, half, true)
  }

  const enter = async (ask: Ask, half: HalfSignIn, shown: Shown): Promise<Answer> => {
    const found = await directory.read(shown.person)
    if (!found.ok) return problem('directory-unavailable')
    const known = found.person !== null && !found.person.ended
    if (!known || (half.person !== null && half.person !== shown.person)) return again(ask, half)
    const { person } = shown
    const cookies = await store.transaction(async tx => {
      // As in `second-factor.ts`: the person's row before that of the sign-in.
      if (await entering.isShut(tx, { person, provedAt: half.provedAt })) return null
      if (!(await halfSignIns.spend(tx, half))) return null
      const verdict = await secondFactor.judge(tx, person, { by: 'passkey', shown }, ask.language)
      return verdict.verdict === 'right'
        ? entering.openFrom(tx, ask, half, { person, factor: 'passkey' })
        : null
    })
    return cookies ? entering.enter(ask, cookies) : entering.without(ask)
  }

  const get: Handler = async ask => {
    const half = await halfSignIns.find(ask.cookie('entering'))
    return half ? page(ask, half, false) : go(back(ask, null))
  }

  const post: Handler = async ask => {
    const fields = form.safeParse(ask.body)
    if (!fields.success) return problem('bad-request')
    if (fields.data.cle === undefined) return begin(ask)
    const half = await halfSignIns.find(ask.cookie('entering'))
    if (!half) return go(back(ask, null))
    const read = await passkeys.read(holderOf(half), fields.data.cle)
    return read.ok ? enter(ask, half, read.shown) : again(ask, half)
  }

  return { get, post }
}
