import type { VNode } from 'preact'
import type { Href } from '../routes.ts'
import type { Language } from '../texts/texts.ts'
import type { CookieName } from './cookies.ts'
import type { Network } from './network.ts'

/** A request as handlers see it: nothing of HTTP but what a product decides upon. */
export type HandlerRequest = {
  readonly language: Language
  readonly href: Href
  readonly network: Network
  readonly params: Readonly<Record<string, string>>
  /** A word of the query, when it stands there once. Untrusted, and never logged. */
  readonly query: (name: string) => string | null
  /** Untrusted: a handler parses it with its own schema. */
  readonly body: unknown
  /** « Firefox, Android », or '' (see `device.ts`). */
  readonly device: string
  readonly cookie: (name: CookieName) => string | null
  readonly arrivedAt: number
}

export type SetCookie = { readonly name: CookieName; readonly value: string; readonly maxAge: number }

/** What a handler answers. `malformed`: not sent by our form, 400 without a word on the content. */
export type HandlerResult =
  | {
      readonly kind: 'page'
      readonly page: VNode
      readonly status?: number
      readonly cookies?: readonly SetCookie[]
      readonly retryAfter?: number
      /** Pages whose URL holds a token send no referrer at all. */
      readonly secretUrl?: boolean
      /** An address outside, where the browser goes on from this page by itself. */
      readonly leadsOn?: URL
    }
  | {
      /** What a person takes away: always saved, never shown in a page. */
      readonly kind: 'file'
      readonly name: string
      readonly type: string
      readonly body: string
    }
  | {
      /** At the address of its own digest: the same bytes for ever. */
      readonly kind: 'picture'
      readonly type: 'image/webp'
      readonly body: Buffer
    }
  | {
      /** For another server, which asks for no page. */
      readonly kind: 'acknowledged'
    }
  | { readonly kind: 'redirect'; readonly to: string; readonly cookies?: readonly SetCookie[] }
  | {
      readonly kind: 'problem'
      readonly problem: ProblemKind
      readonly retryAfter?: number
      readonly detail?: string
    }

/** Faults told by a page of their own, with a reference. `detail` goes to the log alone. */
export type ProblemKind =
  | 'bad-request'
  | 'forbidden'
  | 'not-found'
  | 'method'
  | 'too-large'
  | 'too-many'
  | 'bug'
  | 'busy'
  | 'directory-unavailable'
  | 'identity-unavailable'
  | 'outcome-unknown'

export const problemStatus = {
  'bad-request': 400,
  forbidden: 403,
  'not-found': 404,
  method: 405,
  'too-large': 413,
  'too-many': 429,
  bug: 500,
  busy: 503,
  'directory-unavailable': 503,
  'identity-unavailable': 503,
  'outcome-unknown': 503,
} as const satisfies Record<ProblemKind, number>

export type Handler = (request: HandlerRequest) => Promise<HandlerResult>

export const redirect = (to: string, cookies: readonly SetCookie[] = []): HandlerResult => ({
  kind: 'redirect',
  to,
  cookies,
})
export const problem = (
  kind: ProblemKind,
  more: { retryAfter?: number; detail?: string } = {},
): HandlerResult => ({
  kind: 'problem',
  problem: kind,
  ...more,
})
/** 429, and when it is over: the header and the page tell the time that is true. */
export const tooMany = ({ arrivedAt }: Pick<HandlerRequest, 'arrivedAt'>, until: number): HandlerResult =>
  problem('too-many', { retryAfter: Math.max(1, Math.ceil((until - arrivedAt) / 1000)) })
