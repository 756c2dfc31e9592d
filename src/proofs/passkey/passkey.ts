import type { Clock } from '../../clock.ts'
import { hmac, newId } from '../../crypto/crypto.ts'
import type { Keys } from '../../crypto/keys.ts'
import type { PersonId } from '../../directory/directory.ts'
import type { Limits } from '../../limits/limits.ts'
import { ok, type Result, refused } from '../../result.ts'
import { forgetUnconfirmed, type RetentionOf, withAccount } from '../../retention-rule.ts'
import type { Store, Tx } from '../../store/store.ts'
import { parseAuthentication, parseRegistration } from './answer.ts'
import { createPasskeyChallenges } from './challenges.ts'
import type { RelyingParty } from './relying-party.ts'
import {
  buildEnrolmentOptions,
  buildProofOptions,
  type StoredCredential,
  verifyEnrolment,
  verifyProof,
} from './webauthn.ts'

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

/** A verified assertion. It counts once, when `use` or `confirm` writes its counter. */
export type PasskeyAssertion = {
  readonly person: PersonId
  readonly passkey: string
  readonly inService: boolean
  readonly from: number
  readonly to: number
}

type Row = {
  id: string
  person: string
  credential: string
  public_key: string
  counter: number
  transports: string
  confirmed_at: number | null
}

/** `passkey-late`: the challenge was used or has expired. `passkey-refused`: the response is not valid. */
export type PasskeyRefusal = 'passkey-late' | 'passkey-refused'

const credentialOf = (
  row: Pick<Row, 'credential' | 'public_key' | 'counter' | 'transports'>,
): StoredCredential => ({
  id: row.credential,
  publicKey: row.public_key,
  counter: row.counter,
  transports: JSON.parse(row.transports) as string[],
})

/**
 * Passkeys (WebAuthn level 3). A passkey is two factors in one, a device and a finger, face or PIN, so it is enough to sign
 * in. Two ceremonies, enrolment and authentication, each in two steps: a challenge is stored for its holder, then one
 * response is verified.
 */
export const createPasskeys = (deps: {
  store: Store
  clock: Clock
  limits: Limits
  keys: Keys
  relyingParty: RelyingParty
}) => {
  const { store, clock, limits, keys, relyingParty } = deps
  const challenges = createPasskeyChallenges(deps)

  /**
   * The user handle that the passkey stores: a keyed digest, so that a reader of the authenticator does not learn the
   * owner.
   */
  const userHandleOf = (person: PersonId) => hmac(keys.of('passkey-user'), person)

  const rowsOf = (person: PersonId, db: Store['read'] = store.read) =>
    db.selectFrom('passkeys').selectAll().where('person', '=', person).execute()

  /** The passkeys that may respond: those in service, and the one pending its first use in this session. */
  const allowedFor = async (person: PersonId | null, session: string | null) =>
    person
      ? (await rowsOf(person))
          .filter(row => row.confirmed_at !== null || (session !== null && row.begun_by === session))
          .map(credentialOf)
      : []

  const judge = async (
    row: Row,
    challenge: string,
    answer: NonNullable<ReturnType<typeof parseAuthentication>>,
  ) => {
    const person = row.person as PersonId
    const { userHandle } = answer.response
    if (userHandle !== undefined && userHandle !== userHandleOf(person)) return null
    const to = await verifyProof(relyingParty, challenge, answer, credentialOf(row))
    if (to === null) return null
    return { person, passkey: row.id, inService: row.confirmed_at !== null, from: row.counter, to }
  }

  /** Advances the counter by compare-and-set: of two uses of one signature, or of a cloned key, one succeeds. */
  const advance = async (tx: Tx, assertion: PasskeyAssertion, first: { session: string } | null) => {
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

  return {
    begin: challenges.begin,

    /** WebAuthn options to create a passkey; `null` when the holder has no challenge or it has expired. */
    enrolmentOptions: async (
      holder: string,
      who: { person: PersonId; login: string; displayName: string },
    ) => {
      const challenge = await challenges.find(holder, 'enrol')
      if (!challenge) return null
      const known = (await rowsOf(who.person)).map(credentialOf)
      return buildEnrolmentOptions(relyingParty, { ...who, challenge, user: userHandleOf(who.person), known })
    },

    /** WebAuthn options to use a passkey: of this person, or of anybody when the person is not known yet. */
    proofOptions: async (holder: string, person: PersonId | null, session: string | null = null) => {
      const challenge = await challenges.find(holder, 'prove')
      return challenge
        ? buildProofOptions(relyingParty, { challenge, allowed: await allowedFor(person, session) })
        : null
    },

    /** Stores a new passkey under a name, pending its first use in this session. */
    enrol: async (
      holder: string,
      asked: { person: PersonId; session: string; name: string; answer: string },
    ): Promise<Result<{ passkey: string }, PasskeyRefusal | 'passkeys-enough'>> => {
      const challenge = await challenges.consume(holder, 'enrol')
      if (!challenge) return refused('passkey-late')
      const answer = parseRegistration(asked.answer)
      const credential = answer && (await verifyEnrolment(relyingParty, challenge, answer))
      if (!credential) return refused('passkey-refused')
      return store.transaction(async tx => {
        const rows = await rowsOf(asked.person, tx)
        const inService = rows.filter(passkey => passkey.confirmed_at !== null)
        if (inService.length >= limits.passkeysPerPerson) return refused('passkeys-enough')
        await tx
          .deleteFrom('passkeys')
          .where('person', '=', asked.person)
          .where('confirmed_at', 'is', null)
          .where('begun_by', '=', asked.session)
          .execute()
        const id = newId()
        const row = {
          id,
          person: asked.person,
          name: asked.name,
          credential: credential.id,
          public_key: credential.publicKey,
          counter: credential.counter,
          transports: JSON.stringify(credential.transports),
          made_at: clock.now(),
          confirmed_at: null,
          used_at: null,
          begun_by: asked.session,
        }
        const inserted = await tx
          .insertInto('passkeys')
          .values(row)
          .onConflict(conflict => conflict.column('credential').doNothing())
          .executeTakeFirst()
        return inserted.numInsertedOrUpdatedRows === 1n ? ok({ passkey: id }) : refused('passkey-refused')
      })
    },

    /**
     * Verifies an assertion. It deletes the challenge of this holder, whatever the outcome, so each challenge is accepted
     * once. It does not change the passkey: `use` does, in the caller's transaction.
     */
    read: async (
      holder: string,
      field: string,
    ): Promise<Result<{ assertion: PasskeyAssertion }, PasskeyRefusal>> => {
      const challenge = await challenges.consume(holder, 'prove')
      if (!challenge) return refused('passkey-late')
      const answer = parseAuthentication(field)
      if (!answer) return refused('passkey-refused')
      const row = await store.read
        .selectFrom('passkeys')
        .selectAll()
        .where('credential', '=', answer.id)
        .executeTakeFirst()
      const assertion = row && (await judge(row, challenge, answer))
      return assertion ? ok({ assertion }) : refused('passkey-refused')
    },

    /** Consumes an assertion: true once for each signature, and only for a passkey in service. */
    use: (tx: Tx, assertion: PasskeyAssertion) => advance(tx, assertion, null),

    /** Puts a new passkey in service by its first use, in the session that created it. */
    confirm: (tx: Tx, assertion: PasskeyAssertion, session: string) => advance(tx, assertion, { session }),

    /** Whether this holder, known or not, has one in service. */
    isInService: async (holder: string, db: Store['read'] = store.read) =>
      (await db
        .selectFrom('passkeys')
        .select('person')
        .where('person', '=', holder)
        .where('confirmed_at', 'is not', null)
        .limit(1)
        .executeTakeFirst()) !== undefined,

    /** Oldest first. */
    list: async (person: PersonId, db: Store['read'] = store.read): Promise<readonly Passkey[]> =>
      (await rowsOf(person, db))
        .map(row => ({
          id: row.id,
          name: row.name,
          madeAt: row.made_at,
          usedAt: row.used_at,
          inService: row.confirmed_at !== null,
          since: row.confirmed_at,
        }))
        .sort((a, b) => a.madeAt - b.madeAt),

    /** Removes a passkey and returns its name, or `null` when the person has no such passkey. */
    remove: async (tx: Tx, person: PersonId, id: string) => {
      const removed = await tx
        .deleteFrom('passkeys')
        .where('id', '=', id)
        .where('person', '=', person)
        .returning('name')
        .executeTakeFirst()
      return removed?.name ?? null
    },
  }
}

export type Passkeys = ReturnType<typeof createPasskeys>

export const passkeyRetention: RetentionOf<'passkeys'> = {
  passkeys: withAccount('passkeys', forgetUnconfirmed('passkeys')),
}
