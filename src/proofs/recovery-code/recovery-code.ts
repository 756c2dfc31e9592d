import { randomBytes } from 'node:crypto'
import type { Clock } from '../../clock.ts'
import { newId } from '../../crypto/crypto.ts'
import type { Keys } from '../../crypto/keys.ts'
import type { PersonId } from '../../directory/directory.ts'
import type { Hashing, HashingClient, HashRefusal } from '../../hashing/hashing.ts'
import type { Limits } from '../../limits/limits.ts'
import { ok, type Result } from '../../result.ts'
import { type RetentionOf, withAccount } from '../../retention-rule.ts'
import type { Store, Tx } from '../../store/store.ts'
import { foldRecoveryCode, inGroups, newCode } from './written-code.ts'

/** A typed code as stored: its sheet and hash. `null` when the person has no such sheet. */
export type SheetCode = { readonly sheet: string; readonly hash: string } | null

/**
 * Printed recovery codes: a sheet to keep at home, each code used once. Stored as Argon2id with a pepper and one salt per
 * sheet (ASVS 6.5.2), so that a try costs one hash for any number of codes. A new sheet is in service, and voids the old one,
 * once one of its codes was typed, so that a failed print does not leave the person without a valid sheet.
 */
export const createRecoveryCodes = (deps: {
  store: Store
  clock: Clock
  limits: Limits
  keys: Keys
  hashing: Hashing
}) => {
  const { store, clock, limits, keys, hashing } = deps

  const inService = (person: PersonId, db: Store['read'] = store.read) =>
    db
      .selectFrom('recovery_sheets')
      .selectAll()
      .where('person', '=', person)
      .where('confirmed_at', 'is not', null)
      .executeTakeFirst()

  const pending = (person: PersonId, session: string) =>
    store.read
      .selectFrom('recovery_sheets')
      .selectAll()
      .where('person', '=', person)
      .where('confirmed_at', 'is', null)
      .where('begun_by', '=', session)
      .where('made_at', '>', clock.now() - limits.factorPending)
      .executeTakeFirst()

  const hash = (code: string, salt: string, client: HashingClient) =>
    hashing.hash({ password: code, salt, pepper: keys.of('recovery-code-pepper'), ...client })

  const hashAll = async (
    codes: readonly string[],
    salt: string,
    client: HashingClient,
  ): Promise<Result<{ hashes: readonly string[] }, HashRefusal>> => {
    const hashes: string[] = []
    for (const code of codes) {
      const hashed = await hash(code, salt, client)
      if (!hashed.ok) return hashed
      hashes.push(hashed.hash)
    }
    return ok({ hashes })
  }

  const forgetSheets = async (tx: Tx, sheets: readonly string[]) => {
    if (sheets.length === 0) return
    await tx.deleteFrom('recovery_codes').where('sheet', 'in', sheets).execute()
    await tx.deleteFrom('recovery_sheets').where('id', 'in', sheets).execute()
  }

  const sheetsOf = async (tx: Tx, person: PersonId) =>
    tx
      .selectFrom('recovery_sheets')
      .select(['id', 'confirmed_at', 'begun_by'])
      .where('person', '=', person)
      .execute()

  const leftOn = async (sheet: string, db: Store['read'] = store.read) => {
    const row = await db
      .selectFrom('recovery_codes')
      .select(eb => eb.fn.countAll<number>().as('left'))
      .where('sheet', '=', sheet)
      .executeTakeFirst()
    return Number(row?.left ?? 0)
  }

  /** Uses a code: exactly one caller succeeds. The number of codes left, or `null` when the code is wrong or used. */
  const consume = async (tx: Tx, code: SheetCode): Promise<{ left: number } | null> => {
    if (!code) return null
    const used = await tx
      .deleteFrom('recovery_codes')
      .where('sheet', '=', code.sheet)
      .where('hash', '=', code.hash)
      .executeTakeFirst()
    return used.numDeletedRows === 1n ? { left: await leftOn(code.sheet, tx) } : null
  }

  return {
    consume,

    /**
     * Creates a sheet and returns its codes in clear, this once. It is pending until its first use in this session, and
     * replaces a pending one of this session; a sheet begun by another session is kept.
     */
    make: async (
      person: PersonId,
      session: string,
      client: HashingClient,
    ): Promise<Result<{ codes: readonly string[] }, HashRefusal>> => {
      const codes = Array.from({ length: limits.recoveryCodesPerSheet }, newCode)
      const salt = randomBytes(16).toString('base64url')
      const hashed = await hashAll(codes, salt, client)
      if (!hashed.ok) return hashed
      await store.transaction(async tx => {
        const former = (await sheetsOf(tx, person)).filter(
          candidate => candidate.confirmed_at === null && candidate.begun_by === session,
        )
        await forgetSheets(
          tx,
          former.map(({ id }) => id),
        )
        const sheet = newId()
        const values = {
          id: sheet,
          person,
          salt,
          pepper: keys.id,
          made_at: clock.now(),
          confirmed_at: null,
          begun_by: session,
        }
        await tx.insertInto('recovery_sheets').values(values).execute()
        await tx
          .insertInto('recovery_codes')
          .values(hashed.hashes.map(one => ({ sheet, hash: one })))
          .execute()
      })
      return ok({ codes: codes.map(inGroups) })
    },

    /**
     * Hashes the typed code with the salt of the sheet in service, or of the sheet pending in the session `waitingIn`.
     */
    read: async (
      person: PersonId,
      typed: string,
      which: 'in-service' | { readonly waitingIn: string },
      client: HashingClient,
    ): Promise<Result<{ code: SheetCode }, HashRefusal>> => {
      const sheet = await (which === 'in-service' ? inService(person) : pending(person, which.waitingIn))
      if (!sheet) return ok({ code: null })
      const hashed = await hash(foldRecoveryCode(typed), sheet.salt, client)
      return hashed.ok ? ok({ code: { sheet: sheet.id, hash: hashed.hash } }) : hashed
    },

    /** Puts a pending sheet in service by its first use, and deletes the former sheet. */
    confirm: async (tx: Tx, person: PersonId, code: SheetCode): Promise<{ left: number } | null> => {
      const used = await consume(tx, code)
      if (!used || !code) return null
      const others = (await sheetsOf(tx, person)).filter(({ id }) => id !== code.sheet)
      await forgetSheets(
        tx,
        others.map(({ id }) => id),
      )
      await tx
        .updateTable('recovery_sheets')
        .set({ confirmed_at: clock.now() })
        .where('id', '=', code.sheet)
        .execute()
      return used
    },

    /** Whether this holder, known or not, has one in service. */
    isInService: async (holder: string, db: Store['read'] = store.read) =>
      (await db
        .selectFrom('recovery_sheets')
        .select('person')
        .where('person', '=', holder)
        .where('confirmed_at', 'is not', null)
        .limit(1)
        .executeTakeFirst()) !== undefined,

    /** The sheet in service: since when, and how many codes are left; `null` when there is none. */
    find: async (person: PersonId, db: Store['read'] = store.read) => {
      const sheet = await inService(person, db)
      return sheet ? { madeAt: sheet.made_at, left: await leftOn(sheet.id, db) } : null
    },

    isWaiting: async (person: PersonId, session: string) => (await pending(person, session)) !== undefined,

    /**
     * Removes the sheet in service and the sheet begun by this session, or by any when `session` is absent; true when
     * one was in service.
     */
    remove: async (tx: Tx, person: PersonId, session?: string) => {
      const sheets = (await sheetsOf(tx, person)).filter(
        sheet => session === undefined || sheet.confirmed_at !== null || sheet.begun_by === session,
      )
      await forgetSheets(
        tx,
        sheets.map(({ id }) => id),
      )
      return sheets.some(sheet => sheet.confirmed_at !== null)
    },
  }
}

export type RecoveryCodes = ReturnType<typeof createRecoveryCodes>

const unconfirmedSheets = (tx: Tx, now: number, limits: Limits) =>
  tx
    .selectFrom('recovery_sheets')
    .select('id')
    .where('confirmed_at', 'is', null)
    .where('made_at', '<', now - limits.factorPending)

/** The codes are deleted before their sheets, which say whose they are. */
export const recoveryCodeRetention: RetentionOf<'recovery_codes' | 'recovery_sheets'> = {
  recovery_codes: {
    kept: 'as long as their sheet',
    forget: (tx, now, limits) =>
      tx
        .deleteFrom('recovery_codes')
        .where('sheet', 'in', unconfirmedSheets(tx, now, limits))
        .execute(),
    erase: (tx, person) =>
      tx
        .deleteFrom('recovery_codes')
        .where('sheet', 'in', eb =>
          eb.selectFrom('recovery_sheets').select('id').where('person', '=', person),
        )
        .execute(),
  },
  recovery_sheets: withAccount('recovery_sheets', (tx, now, limits) =>
    tx
      .deleteFrom('recovery_sheets')
      .where('id', 'in', unconfirmedSheets(tx, now, limits))
      .execute(),
  ),
}
