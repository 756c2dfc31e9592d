import { digestOf } from '../crypto/crypto.ts'
import type { PasswordExpiry, PersonId } from '../directory/directory.ts'
import { type ServerKind, serverKinds } from '../identity-server/identity-server.ts'
import type { Limits } from '../limits/limits.ts'
import { type ShownFactor, shownFactorIn } from '../proofs/second-factor/shown-factor.ts'
import { declareCookie, type SetCookie } from '../web/cookies.ts'

/** The handle of the session. */
export const sessionCookie = declareCookie('session', { tagged: true })

/** The cookie of a session with this handle. */
export const cookieOf = (limits: Pick<Limits, 'sessionMaxAge'>, handle: string): SetCookie => ({
  cookie: sessionCookie,
  value: handle,
  maxAge: Math.floor(limits.sessionMaxAge / 1000),
})

/** Where the person proved their identity: our own page (password or passkey), or the institution's server. */
export type SignInMethod = 'embedded' | 'passkey' | ServerKind

/** The sign-in methods that open a session: where an institution's server is configured, that server alone. */
export const openedBy = (server: 'embedded' | ServerKind): readonly SignInMethod[] =>
  server === 'embedded' ? ['embedded', 'passkey'] : [server]

/** What the directory said of the expiry of the password when it was typed. */
export type AnnouncedExpiry = Pick<PasswordExpiry, 'at' | 'graceLeft'>

/** A signed-in person on one device. The row gives no access: only the browser has the handle (ASVS 7.2.3). */
export type Session = {
  readonly id: string
  /** Identifies the session in pages, without giving access to it. */
  readonly ref: string
  /** Identifies it for its whole life: the id changes with each fresh proof. */
  readonly origin: string
  readonly person: PersonId
  readonly how: SignInMethod
  readonly device: string
  readonly network: string
  readonly createdAt: number
  readonly seenAt: number
  readonly freshUntil: number
  /** The second factor that was last shown in this session, and when. */
  readonly factor: { readonly by: ShownFactor; readonly at: number } | null
  readonly expiry: AnnouncedExpiry | null
}

/** Digests of the identifiers that the institution's server gives a sign-in and its person: by these it ends sessions. */
export type ExternalIdentifiers = {
  /** CAS ticket or OpenID Connect `sid`. */
  readonly external: string | null
  /** OpenID Connect `sub`. */
  readonly subject: string | null
}

/** The proof that opened or renewed a session. */
export type SignInProof = Partial<ExternalIdentifiers> & {
  readonly by: SignInMethod
  /** When the person authenticated, where a server says so; `null`: unknown; absent: now. */
  readonly authenticatedAt?: number | null
  /** A second factor that was shown with it: ours now, the server's at `authenticatedAt`. */
  readonly factor?: ShownFactor | null
  /** `null`: the password is a new one; absent: nothing was said. */
  readonly expiry?: AnnouncedExpiry | null
}

/** Why a session ended, as recorded in the audit log. */
export type EndedBy =
  | 'sign-out'
  | 'person'
  | 'password'
  | 'freeze'
  | 'server'
  | 'desk'
  | 'too-many'
  | 'factor'

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
  announced_expiry: string | null
}

const others: readonly SignInMethod[] = ['passkey', ...serverKinds]
export const signInMethodOf = (text: string): SignInMethod => others.find(by => by === text) ?? 'embedded'

const factorIn = ({ factor, factor_at: at }: SessionRow): Session['factor'] => {
  const by = shownFactorIn(factor)
  return by && at !== null ? { by, at } : null
}

export const expiryIn = ({
  announced_expiry: announced,
}: Pick<SessionRow, 'announced_expiry'>): AnnouncedExpiry | null =>
  announced === null ? null : JSON.parse(announced)

/** Nothing where nothing was said. */
export const expiryColumns = ({ expiry }: Pick<SignInProof, 'expiry'>) => {
  if (expiry === undefined) return {}
  return { announced_expiry: expiry && JSON.stringify({ at: expiry.at, graceLeft: expiry.graceLeft }) }
}

export const fromRow = (row: SessionRow): Session => ({
  id: row.id,
  ref: digestOf(row.id).slice(0, 16),
  origin: row.origin,
  person: row.person as PersonId,
  how: signInMethodOf(row.how),
  device: row.device,
  network: row.network,
  createdAt: row.created_at,
  seenAt: row.seen_at,
  freshUntil: row.fresh_until,
  factor: factorIn(row),
  expiry: expiryIn(row),
})
