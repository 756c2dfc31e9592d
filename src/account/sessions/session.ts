import type { PersonId } from '../../directory/directory.ts'
import { digestOf } from '../../keys.ts'
import { type ShownFactor, shownFactorIn } from '../../proofs/second-factor/shown-factor.ts'

/** Where the person proved who they are: our own page, or the institution's server. */
export type SignedInBy = 'embedded' | 'passkey' | 'cas' | 'oidc'

/** Somebody who signed in, on one device. The row opens nothing: only the browser holds the handle (ASVS 7.2.3). */
export type Session = {
  readonly id: string
  /** Names the session in a page without opening it. */
  readonly ref: string
  /** Names it for as long as it lives: the id changes with each fresh proof. */
  readonly origin: string
  readonly person: PersonId
  readonly how: SignedInBy
  readonly device: string
  readonly network: string
  readonly createdAt: number
  readonly seenAt: number
  readonly freshUntil: number
  /** The second factor that was shown in this session last, and when. */
  readonly factor: { readonly by: ShownFactor; readonly at: number } | null
}

/** Digests of what the institution's server calls a sign-in and its person: by these it ends sessions. */
export type NamesThere = {
  /** CAS ticket or OpenID Connect `sid`. */
  readonly external: string | null
  /** OpenID Connect `sub`. */
  readonly subject: string | null
}

/** What opened a session. */
export type Proved = Partial<NamesThere> & {
  readonly by: SignedInBy
  /** When the person really proved who they are, where a server says so; `null`: unknown; absent: now. */
  readonly authenticatedAt?: number | null
  /** A second factor that was shown with it: of ours at this instant, the server's when the person proved it there. */
  readonly factor?: ShownFactor | null
}

export type SessionRow = {
  id: string
  person: string
  how: string
  device: string
  network: string
  created_at: number
  seen_at: number
  fresh_until: number
  factor: string | null
  factor_at: number | null
  origin: string
}

const others: readonly SignedInBy[] = ['passkey', 'cas', 'oidc']
export const howOf = (text: string): SignedInBy => others.find(by => by === text) ?? 'embedded'

const factorIn = ({ factor, factor_at: at }: SessionRow): Session['factor'] => {
  const by = shownFactorIn(factor)
  return by && at !== null ? { by, at } : null
}

export const fromRow = (row: SessionRow): Session => ({
  id: row.id,
  ref: digestOf(row.id).slice(0, 16),
  origin: row.origin,
  person: row.person as PersonId,
  how: howOf(row.how),
  device: row.device,
  network: row.network,
  createdAt: row.created_at,
  seenAt: row.seen_at,
  freshUntil: row.fresh_until,
  factor: factorIn(row),
})
