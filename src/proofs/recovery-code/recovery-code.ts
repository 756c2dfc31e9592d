import { randomBytes } from 'node:crypto'
import type { Clock } from '../../clock.ts'
import type { PersonId } from '../../directory/directory.ts'
import type { Hashing, HashRefusal } from '../../hashing/hashing.ts'
import { type Keys, newId } from '../../keys.ts'
import type { Limits } from '../../limits.ts'
import { ok, type Result } from '../../result.ts'
import type { Store, Tx } from '../../store/store.ts'
import { foldCode, inGroups, newCode } from './written-code.ts'

/** A code of a sheet as the store knows it. `null` where the person has no such sheet. */
export type SheetCode = { readonly sheet: string; readonly hash: string } | null

type Who = { readonly network: string; readonly journey: string }

/**
 * Printed codes: a sheet to keep at home, each code used once. Kept as Argon2id with a pepper under one salt for each
 * sheet (ASVS 6.5.2), so that a try costs one hash whatever the sheet holds. A new sheet serves, and voids the old one,
 * when one of its codes was typed: nobody loses the old sheet to a printer that did not print.
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

  const waiting = (person: PersonId, session: string) =>
    store.read
      .selectFrom('recovery_sheets')
      .selectAll()
      .where('person', '=', person)
      .where('confirmed_at', 'is', null)
      .where('begun_by', '=', session)
      .where('made_at', '>', clock.now() - limits.factorPending)
      .executeTakeFirst()

  const hash = (code: string, salt: string, who: Who) =>
    hashing.hash({ password: code, salt, pepper: keys.of('recovery-code-pepper'), ...who })

  const hashAll = async (
    codes: readonly string[],
    salt: string,
    who: Who,
  ): Promise<Result<{ hashes: readonly string[] }, HashRefusal>> => {
    const hashes: string[] = []
    for (const code of codes) {
      const hashed = await hash(code, salt, who)
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

  /** Exactly one caller uses a code. The number that is left, or `null` when it was no code of a living sheet. */
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
     * A new sheet, in clear this once. It waits for a first use in this session, and takes the place of one that still
     * waited there; what another session has begun is left alone.
     */
    make: async (
      person: PersonId,
      session: string,
      who: Who,
    ): Promise<Result<{ codes: readonly string[] }, HashRefusal>> => {
      const codes = Array.from({ length: limits.recoveryCodesPerSheet }, newCode)
      const salt = randomBytes(16).toString('base64url')
      const hashed = await hashAll(codes, salt, who)
      if (!hashed.ok) return hashed
      await store.transaction(async tx => {
        const former = (await sheetsOf(tx, person)).filter(
          sheet => sheet.confirmed_at === null && sheet.begun_by === session,
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

    /** One hash of what was typed, under the sheet in service or under the one that waits for its first use. */
    read: async (
      person: PersonId,
      typed: string,
      which: 'in-service' | { readonly waitingIn: string },
      who: Who,
    ): Promise<Result<{ code: SheetCode }, HashRefusal>> => {
      const sheet = await (which === 'in-service' ? inService(person) : waiting(person, which.waitingIn))
      if (!sheet) return ok({ code: null })
      const hashed = await hash(foldCode(typed), sheet.salt, who)
      return hashed.ok ? ok({ code: { sheet: sheet.id, hash: hashed.hash } }) : hashed
    },

    /** The first use of a new sheet: it serves from now on, and the old one opens nothing any more. */
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

    /** The sheet in service: since when, and how many codes it has left. */
    find: async (person: PersonId, db: Store['read'] = store.read) => {
      const sheet = await inService(person, db)
      return sheet ? { madeAt: sheet.made_at, left: await leftOn(sheet.id, db) } : null
    },

    isWaiting: async (person: PersonId, session: string) => (await waiting(person, session)) !== undefined,

    /** The sheet in service, and what this session has begun; without a session, what any has begun. */
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
