import { z } from 'zod'
import type { Directory } from '../../directory/directory.ts'
import type { Limits } from '../../limits.ts'
import type { Passkeys, Shown } from '../../proofs/passkey/passkey.ts'
import type { SecondFactor } from '../../proofs/second-factor/second-factor.ts'
import type { Store } from '../../store/store.ts'
import type { Language } from '../../texts/texts.ts'
import type { Ui } from '../../ui/ui.ts'
import { field } from '../../web/form.ts'
import {
  type Handler,
  type HandlerRequest,
  type HandlerResult,
  problem,
  redirect,
  tooMany,
} from '../../web/handler.ts'
import type { RateLimiter } from '../../web/rate-limiter.ts'
import { type Entering, pageOf } from './entering.ts'
import { passkeySignInPage } from './passkey-sign-in.page.tsx'
import type { PendingSignIn, PendingSignIns } from './pending-sign-ins.ts'
import { signInLimit } from './sign-in-limit.ts'

const form = z.object({ cle: field(12_000).optional() })

type Deps = {
  readonly store: Store
  readonly limits: Limits
  readonly rateLimiter: RateLimiter
  readonly directory: Directory
  readonly passkeys: Passkeys
  readonly secondFactor: SecondFactor
  readonly pendingSignIns: PendingSignIns
  readonly entering: Entering
  /** A passkey signs in alone; not where the institution's server decides who comes in. */
  readonly alone: boolean
  readonly ui: (language: Language) => Ui
}

const holderOf = (half: PendingSignIn) => `sign-in:${half.id}`

/**
 * Signing in with a passkey: alone, or as the second factor after a password. The page of sign-in stays the same bytes
 * for everyone; its button posts here for a challenge, which belongs to this browser and is used once.
 */
export const passkeySignIn = (deps: Deps) => {
  const { store, directory, passkeys, secondFactor, pendingSignIns, entering } = deps
  const networkOpensAt = signInLimit(deps)

  const back = (request: HandlerRequest, half: PendingSignIn | null) =>
    half?.person
      ? request.href('secondFactor', { page: pageOf(request) })
      : request.href('signInFor', { page: pageOf(request) })

  const begin = async (request: HandlerRequest): Promise<HandlerResult> => {
    const opensAt = await networkOpensAt(request)
    if (opensAt !== null) return tooMany(request, opensAt)
    const here = request.href('signInPasskey', { page: pageOf(request) })
    const half = await pendingSignIns.find(request.cookie('entering'))
    if (!half && !deps.alone) return redirect(back(request, null))
    if (half) {
      await passkeys.begin(holderOf(half), 'prove')
      return redirect(here)
    }
    const how = { by: 'passkey' } as const
    const begun = { person: null, provedAt: request.arrivedAt, how, confirms: null }
    const { cookie, half: mine } = await store.transaction(tx =>
      pendingSignIns.open(tx, begun, request.cookie('entering')),
    )
    await passkeys.begin(holderOf(mine), 'prove')
    return redirect(here, [cookie])
  }

  const page = async (
    request: HandlerRequest,
    half: PendingSignIn,
    refused: boolean,
  ): Promise<HandlerResult> => {
    const options = await passkeys.toProve(holderOf(half), half.person)
    if (!options) return redirect(back(request, half))
    const ui = deps.ui(request.language)
    return {
      kind: 'page',
      status: refused ? 422 : 200,
      page: passkeySignInPage({
        ui,
        options,
        returnTo: pageOf(request),
        back: back(request, half),
        half,
        refused,
      }),
    }
  }

  /** A new challenge, since the last was used up by what is refused. */
  const again = async (request: HandlerRequest, half: PendingSignIn) => {
    await passkeys.begin(holderOf(half), 'prove')
    return page(request, half, true)
  }

  const enter = async (
    request: HandlerRequest,
    half: PendingSignIn,
    shown: Shown,
  ): Promise<HandlerResult> => {
    const found = await directory.read(shown.person)
    if (!found.ok) return problem('directory-unavailable')
    const known = found.person !== null && !found.person.ended
    if (!known || (half.person !== null && half.person !== shown.person)) return again(request, half)
    const { person } = shown
    const cookies = await store.transaction(async tx => {
      if (!(await pendingSignIns.spend(tx, half))) return null
      const verdict = await secondFactor.judge(tx, person, { by: 'passkey', shown }, request.language)
      return verdict.verdict === 'right'
        ? entering.openFrom(tx, request, half, { person, factor: 'passkey' })
        : null
    })
    return cookies ? entering.enter(request, cookies) : entering.without(request)
  }

  const get: Handler = async request => {
    const half = await pendingSignIns.find(request.cookie('entering'))
    return half ? page(request, half, false) : redirect(back(request, null))
  }

  const post: Handler = async request => {
    const fields = form.safeParse(request.body)
    if (!fields.success) return problem('bad-request')
    if (fields.data.cle === undefined) return begin(request)
    const half = await pendingSignIns.find(request.cookie('entering'))
    if (!half) return redirect(back(request, null))
    const read = await passkeys.read(holderOf(half), fields.data.cle)
    return read.ok ? enter(request, half, read.shown) : again(request, half)
  }

  return { get, post }
}
