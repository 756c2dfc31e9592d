import type { Clock } from '../../clock.ts'
import { newId } from '../../crypto/crypto.ts'
import type { Keys } from '../../crypto/keys.ts'
import type { PersonId } from '../../directory/directory.ts'
import type { Limits } from '../../limits/limits.ts'
import { ok, type Result, refused } from '../../result.ts'
import { forgetUnconfirmed, type RetentionOf, withAccount } from '../../retention-rule.ts'
import type { Store, Tx } from '../../store/store.ts'
import type { InPlace, JudgedFactor, PendingAnswer } from '../proof.ts'
import { parseAuthentication, parseRegistration } from './answer.ts'
import { credentialOf, type PasskeyAssertion, userHandleOf, verifyAssertion } from './assertion.ts'
import { createPasskeyChallenges, type PasskeyChallenges } from './challenges.ts'
import type { RelyingParty } from './relying-party.ts'
import {
  buildEnrolmentOptions,
  buildProofOptions,
  type StoredCredential,
  verifyEnrolment,
} from './webauthn.ts'

export type { PasskeyAssertion } from './assertion.ts'

export type Passkey = {
  readonly id: string
  readonly name: string
  readonly madeAt: number
  readonly usedAt: number | null
  /** False until its first use; before it, the passkey is not accepted as a proof. */
  readonly inService: boolean
  /** When it was first used, in milliseconds. */
  readonly since: number | null
}

/** `passkey-late`: the challenge was used or has expired. `passkey-refused`: the response is not valid. */
export type PasskeyRefusal = 'passkey-late' | 'passkey-refused'

type PasskeysDeps = {
  readonly store: Store
  readonly clock: Clock
  readonly limits: Limits
  readonly keys: Keys
  readonly relyingParty: RelyingParty
}

type CeremonyDeps = PasskeysDeps & { readonly challenges: PasskeyChallenges }

type PasskeyOwner = { readonly person: PersonId; readonly login: string; readonly displayName: string }

type NewPasskey = {
  readonly person: PersonId
  readonly session: string
  readonly name: string
  readonly answer: string
}

/** A valid signature: whose passkey made it, and the assertion that puts a new passkey in service. */
type VerifiedPasskey = {
  readonly answer: PendingAnswer<JudgedFactor>
  readonly person: PersonId
  readonly assertion: PasskeyAssertion
}

function rowsOf(person: PersonId, db: Store['read']) {
  return db.selectFrom('passkeys').selectAll().where('person', '=', person).execute()
}

/** The passkeys that may respond: those in service, and the one pending its first use in this session. */
async function allowedFor(store: Store, person: PersonId | null, session: string | null) {
  return person
    ? (await rowsOf(person, store.read))
        .filter(row => row.confirmed_at !== null || (session !== null && row.begun_by === session))
        .map(credentialOf)
    : []
}

async function buildEnrolment(deps: CeremonyDeps, holder: string, owner: PasskeyOwner) {
  const { store, keys, relyingParty, challenges } = deps
  const challenge = await challenges.find(holder, 'enrol')
  if (!challenge) return null
  const known = (await rowsOf(owner.person, store.read)).map(credentialOf)
  const user = userHandleOf(keys, owner.person)
  return buildEnrolmentOptions(relyingParty, { ...owner, challenge, user, known })
}

async function buildProof(
  { store, relyingParty, challenges }: CeremonyDeps,
  holder: string,
  person: PersonId | null,
  session: string | null,
) {
  const challenge = await challenges.find(holder, 'prove')
  return challenge
    ? buildProofOptions(relyingParty, { challenge, allowed: await allowedFor(store, person, session) })
    : null
}

/** Inserts a passkey pending its first use, in place of a pending one of this session; an enrolled credential is refused. */
async function insertPending(
  { clock, limits }: Pick<PasskeysDeps, 'clock' | 'limits'>,
  tx: Tx,
  { person, session, name }: NewPasskey,
  credential: StoredCredential,
): Promise<Result<{ passkey: string }, 'passkey-refused' | 'passkeys-enough'>> {
  const rows = await rowsOf(person, tx)
  const inService = rows.filter(passkey => passkey.confirmed_at !== null)
  if (inService.length >= limits.passkeysPerPerson) return refused('passkeys-enough')
  await tx
    .deleteFrom('passkeys')
    .where('person', '=', person)
    .where('confirmed_at', 'is', null)
    .where('begun_by', '=', session)
    .execute()
  const id = newId()
  const row = {
    id,
    person,
    name,
    credential: credential.id,
    public_key: credential.publicKey,
    counter: credential.counter,
    transports: JSON.stringify(credential.transports),
    made_at: clock.now(),
    confirmed_at: null,
    used_at: null,
    begun_by: session,
  }
  const inserted = await tx
    .insertInto('passkeys')
    .values(row)
    .onConflict(conflict => conflict.column('credential').doNothing())
    .executeTakeFirst()
  return inserted.numInsertedOrUpdatedRows === 1n ? ok({ passkey: id }) : refused('passkey-refused')
}

async function enrolPasskey(
  deps: CeremonyDeps,
  holder: string,
  asked: NewPasskey,
): Promise<Result<{ passkey: string }, PasskeyRefusal | 'passkeys-enough'>> {
  const challenge = await deps.challenges.consume(holder, 'enrol')
  if (!challenge) return refused('passkey-late')
  const answer = parseRegistration(asked.answer)
  const credential = answer && (await verifyEnrolment(deps.relyingParty, challenge, answer))
  if (!credential) return refused('passkey-refused')
  return deps.store.transaction(tx => insertPending(deps, tx, asked, credential))
}

async function verifyAnswer(
  deps: CeremonyDeps,
  holder: string,
  field: string,
): Promise<Result<VerifiedPasskey, PasskeyRefusal>> {
  const challenge = await deps.challenges.consume(holder, 'prove')
  if (!challenge) return refused('passkey-late')
  const answer = parseAuthentication(field)
  if (!answer) return refused('passkey-refused')
  const row = await deps.store.read
    .selectFrom('passkeys')
    .selectAll()
    .where('credential', '=', answer.id)
    .executeTakeFirst()
  const assertion = row && (await verifyAssertion(deps, row, challenge, answer))
  if (!assertion) return refused('passkey-refused')
  const judge = async (tx: Tx, open: boolean): Promise<JudgedFactor> => ({
    verdict: open && (await advance(deps.clock, tx, assertion, null)) ? 'right' : 'wrong',
  })
  return ok({ answer: { judge }, person: assertion.person, assertion })
}

/** Advances the counter by compare-and-set: of two uses of one signature, or of a cloned key, one succeeds. */
async function advance(
  clock: Clock,
  tx: Tx,
  assertion: PasskeyAssertion,
  first: { readonly session: string } | null,
) {
  const moved = await tx
    .updateTable('passkeys')
    .set({ counter: assertion.to, used_at: clock.now(), ...(first && { confirmed_at: clock.now() }) })
    .where('id', '=', assertion.passkey)
    .where('counter', '=', assertion.from)
    .where('confirmed_at', first ? 'is' : 'is not', null)
    .$if(first !== null, query => query.where('begun_by', '=', first?.session ?? ''))
    .executeTakeFirst()
  return moved.numUpdatedRows === 1n
}

async function isInService(holder: string, db: Store['read']) {
  const row = await db
    .selectFrom('passkeys')
    .select('person')
    .where('person', '=', holder)
    .where('confirmed_at', 'is not', null)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

/** When the oldest passkey in service was first used, in milliseconds; null: there is none. */
export function passkeySince(holder: string, db: Store['read']) {
  return db
    .selectFrom('passkeys')
    .select(eb => eb.fn.min<number | null>('confirmed_at').as('since'))
    .where('person', '=', holder)
    .$asScalar()
}

/** Who of these people has one that was in service by then. */
export const passkeyHolders = (db: Store['read'], people: readonly string[], by: number) =>
  db
    .selectFrom('passkeys')
    .select('person')
    .distinct()
    .where('person', 'in', people)
    .where('confirmed_at', '<=', by)
    .execute()

async function listPasskeys(person: PersonId, db: Store['read']): Promise<readonly Passkey[]> {
  return (await rowsOf(person, db))
    .map(row => ({
      id: row.id,
      name: row.name,
      madeAt: row.made_at,
      usedAt: row.used_at,
      inService: row.confirmed_at !== null,
      since: row.confirmed_at,
    }))
    .sort((a, b) => a.madeAt - b.madeAt)
}

async function clearPasskeys(tx: Tx, person: PersonId, id: string | undefined) {
  const rows = tx.deleteFrom('passkeys').where('person', '=', person)
  const gone = await (id === undefined ? rows : rows.where('id', '=', id)).returning('confirmed_at').execute()
  return gone.some(row => row.confirmed_at !== null)
}

async function removePasskey(tx: Tx, person: PersonId, id: string) {
  const removed = await tx
    .deleteFrom('passkeys')
    .where('id', '=', id)
    .where('person', '=', person)
    .returning('name')
    .executeTakeFirst()
  return removed?.name ?? null
}

/**
 * Passkeys (WebAuthn level 3). A passkey is two factors in one, a device and a finger, face or PIN, so it is enough to sign
 * in. Two ceremonies, enrolment and authentication, each in two steps: a challenge is stored for its holder, then one
 * response is verified.
 */
export const createPasskeys = (base: PasskeysDeps) => {
  const { store, clock } = base
  const deps: CeremonyDeps = { ...base, challenges: createPasskeyChallenges(base) }
  return {
    begin: deps.challenges.begin,

    /** WebAuthn options to create a passkey; `null` when the holder has no challenge or it has expired. */
    enrolmentOptions: (holder: string, owner: PasskeyOwner) => buildEnrolment(deps, holder, owner),

    /** WebAuthn options to use a passkey: of this person, or of anybody when the person is not known yet. */
    proofOptions: (holder: string, person: PersonId | null, session: string | null = null) =>
      buildProof(deps, holder, person, session),

    /** Stores a new passkey under a name, pending its first use in this session. */
    enrol: (holder: string, asked: NewPasskey) => enrolPasskey(deps, holder, asked),

    /**
     * Verifies a signature. It deletes the challenge of this holder, whatever the outcome, so each challenge is accepted
     * once. It does not change the passkey: `judge` of the answer does, once for each signature and for a passkey in service.
     */
    verify: (holder: string, field: string) => verifyAnswer(deps, holder, field),

    /** Oldest first; `since` is `null` before the first use. */
    describe: async (person: PersonId, db: Store['read'] = store.read): Promise<readonly InPlace[]> =>
      (await listPasskeys(person, db)).map(({ id, name, since }) => ({ id, name, since })),

    /** Puts a new passkey in service by its first use, in the session that created it. */
    confirm: (tx: Tx, assertion: PasskeyAssertion, session: string) =>
      advance(clock, tx, assertion, { session }),

    /** Whether this holder, known or not, has one in service. */
    isInService: (holder: string, db: Store['read'] = store.read) => isInService(holder, db),

    /** Oldest first. */
    list: (person: PersonId, db: Store['read'] = store.read) => listPasskeys(person, db),

    clear: (tx: Tx, person: PersonId, id?: string) => clearPasskeys(tx, person, id),

    /** Removes a passkey and returns its name, or `null` when the person has no such passkey. */
    remove: (tx: Tx, person: PersonId, id: string) => removePasskey(tx, person, id),
  }
}

export type Passkeys = ReturnType<typeof createPasskeys>

export const passkeyRetention: RetentionOf<'passkeys'> = {
  passkeys: withAccount('passkeys', forgetUnconfirmed('passkeys')),
}
