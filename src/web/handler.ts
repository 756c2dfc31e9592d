import type { VNode } from 'preact'
import type { Network } from '../limits/network.ts'
import type { Href } from '../routes.ts'
import type { Language } from '../texts/texts.ts'
import type { DoneKey } from '../ui/done-banner.tsx'
import type { OpenTime } from '../ui/open-until.tsx'
import type { Cookie, SetCookie } from './cookies.ts'
import type { ProblemKind } from './problems.ts'
import { tooManyTries } from './problems.ts'

/** A request as handlers see it: of HTTP only what the product needs for its decisions. */
export type HandlerRequest = {
  readonly method: 'GET' | 'POST'
  readonly language: Language
  readonly href: Href
  readonly network: Network
  readonly params: Readonly<Record<string, string>>
  /** A parameter of the query string that occurs exactly once. Untrusted, and never logged. */
  readonly query: (name: string) => string | null
  /** Untrusted: a handler parses it with its own schema. */
  readonly body: unknown
  /** « Firefox, Android », or '' (see `device.ts`). */
  readonly device: string
  readonly cookie: (cookie: Cookie) => string | null
  readonly arrivedAt: number
}

/** The result of a handler. */
export type HandlerResult =
  | {
      readonly kind: 'page'
      readonly page: VNode
      readonly status?: number
      readonly cookies?: readonly SetCookie[]
      readonly retryAfter?: number
      /** Pages whose URL holds a token send no referrer at all. */
      readonly secretUrl?: boolean
      /** The page belongs to a session, and says until when that is open. */
      readonly session?: OpenTime
      /** The change after which the page is shown. */
      readonly done?: DoneKey
      /** An external address to which this page sends the browser by itself. */
      readonly continuesTo?: URL
    }
  | {
      /** A download: always saved, never shown in a page. */
      readonly kind: 'file'
      readonly name: string
      readonly type: string
      readonly body: string
    }
  | {
      /** Its URL contains its digest, so it never changes. */
      readonly kind: 'picture'
      readonly type: 'image/webp'
      readonly body: Buffer
    }
  | {
      /** An empty response to another server. */
      readonly kind: 'acknowledged'
    }
  | {
      readonly kind: 'redirect'
      readonly to: string
      readonly cookies?: readonly SetCookie[]
      /** The change that the next page of this session tells. */
      readonly done?: DoneKey
    }
  | {
      readonly kind: 'problem'
      readonly problem: ProblemKind
      readonly retryAfter?: number
      /** Is logged and never shown. */
      readonly detail?: string
    }

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
/** 429 with the time when the limit opens again, in the header and on the page. */
export const tooMany = ({ arrivedAt }: Pick<HandlerRequest, 'arrivedAt'>, until: number): HandlerResult =>
  problem(tooManyTries, { retryAfter: Math.max(1, Math.ceil((until - arrivedAt) / 1000)) })
