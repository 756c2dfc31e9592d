import { randomBytes } from 'node:crypto'
import type { Clock } from '../../clock.ts'
import { newId } from '../../crypto/crypto.ts'
import type { Keys } from '../../crypto/keys.ts'
import { completed, hashedAgain, pepperKey } from '../../crypto/peppers.ts'
import type { PersonId } from '../../directory/directory.ts'
import type { Hashing, HashingClient, HashRefusal } from '../../hashing/hashing.ts'
import type { Limits } from '../../limits/limits.ts'
import { ok, type Result } from '../../result.ts'
import type { Store, Tx } from '../../store/store.ts'
import type { FactorClaim, InPlace, JudgedFactor, PendingAnswer } from '../proof.ts'
import { foldRecoveryCode, inGroups, looksPrinted, newCode } from './written-code.ts'

/**
 * A typed code as it may be stored: its sheet and its hashes (two while the root key is replaced). `null` when the person has no
 * such sheet.
 */
export type SheetCode = { readonly sheet: string; readonly hashes: readonly string[] } | null

type RecoveryCodesDeps = {
  readonly store: Store
  readonly clock: Clock
  readonly limits: Limits
  readonly keys: Keys
  readonly hashing: Hashing
}

type NewSheet = {
  readonly person: PersonId
  readonly session: string
  readonly salt: string
  readonly pepper: string
}

export function findInService(person: PersonId, db: Store['read']) {
  return db
    .selectFrom('recovery_sheets')
    .selectAll()
    .where('person', '=', person)
    .where('confirmed_at', 'is not', null)
    .executeTakeFirst()
}

function findPending(
  { store, clock, limits }: Pick<RecoveryCodesDeps, 'store' | 'clock' | 'limits'>,
  person: PersonId,
  session: string,
) {
  return store.read
    .selectFrom('recovery_sheets')
    .selectAll()
    .where('person', '=', person)
    .where('confirmed_at', 'is', null)
    .where('begun_by', '=', session)
    .where('made_at', '>', clock.now() - limits.factorPending)
    .executeTakeFirst()
}

/** `null`: under a key that is not held, so that no code is right. */
export async function hashCode(
  { keys, hashing }: Pick<RecoveryCodesDeps, 'keys' | 'hashing'>,
  code: string,
  { salt, pepper }: Pick<NewSheet, 'salt' | 'pepper'>,
  client: HashingClient,
): Promise<Result<{ hashes: readonly string[] }, HashRefusal>> {
  const key = pepperKey(keys, 'recovery-code-pepper', pepper)
  if (!key) return ok({ hashes: [] })
  const hashed = await hashing.hash({ password: code, salt, pepper: key, ...client })
  if (!hashed.ok) return hashed
  const forms = [...new Set([pepper, completed(keys, pepper)])]
  return ok({ hashes: forms.map(form => hashedAgain(keys, 'recovery-code-pepper', form, hashed.hash)) })
}

async function hashAll(
  deps: Pick<RecoveryCodesDeps, 'keys' | 'hashing'>,
  codes: readonly string[],
  sheet: Pick<NewSheet, 'salt' | 'pepper'>,
  client: HashingClient,
): Promise<Result<{ hashes: readonly string[] }, HashRefusal>> {
  const hashes: string[] = []
  for (const code of codes) {
    const hashed = await hashCode(deps, code, sheet, client)
    if (!hashed.ok) return hashed
    hashes.push(...hashed.hashes.slice(0, 1))
  }
  return ok({ hashes })
}

async function deleteSheets(tx: Tx, sheets: readonly { readonly id: string }[]) {
  if (sheets.length === 0) return
  const ids = sheets.map(({ id }) => id)
  await tx.deleteFrom('recovery_codes').where('sheet', 'in', ids).execute()
  await tx.deleteFrom('recovery_sheets').where('id', 'in', ids).execute()
}

function sheetsOf(tx: Tx, person: PersonId) {
  return tx
    .selectFrom('recovery_sheets')
    .select(['id', 'confirmed_at', 'begun_by'])
    .where('person', '=', person)
    .execute()
}

async function codesLeft(sheet: string, db: Store['read']) {
  const row = await db
    .selectFrom('recovery_codes')
    .select(eb => eb.fn.countAll<number>().as('left'))
    .where('sheet', '=', sheet)
    .executeTakeFirst()
  return Number(row?.left ?? 0)
}

export async function consumeCode(tx: Tx, code: SheetCode): Promise<{ left: number } | null> {
  if (!code || code.hashes.length === 0) return null
  const used = await tx
    .deleteFrom('recovery_codes')
    .where('sheet', '=', code.sheet)
    .where('hash', 'in', code.hashes)
    .executeTakeFirst()
  return used.numDeletedRows === 1n ? { left: await codesLeft(code.sheet, tx) } : null
}

/** Inserts a sheet pending its first use, in place of a pending one of this session. */
async function insertPending(
  { clock }: Pick<RecoveryCodesDeps, 'clock'>,
  tx: Tx,
  { person, session, salt, pepper }: NewSheet,
  hashes: readonly string[],
) {
  const former = (await sheetsOf(tx, person)).filter(
    candidate => candidate.confirmed_at === null && candidate.begun_by === session,
  )
  await deleteSheets(tx, former)
  const sheet = newId()
  const values = {
    id: sheet,
    person,
    salt,
    pepper,
    made_at: clock.now(),
    confirmed_at: null,
    begun_by: session,
  }
  await tx.insertInto('recovery_sheets').values(values).execute()
  await tx
    .insertInto('recovery_codes')
    .values(hashes.map(hash => ({ sheet, hash })))
    .execute()
}

async function makeSheet(
  deps: RecoveryCodesDeps,
  person: PersonId,
  session: string,
  client: HashingClient,
): Promise<Result<{ codes: readonly string[] }, HashRefusal>> {
  const codes = Array.from({ length: deps.limits.recoveryCodesPerSheet }, newCode)
  const salt = randomBytes(16).toString('base64url')
  const pepper = deps.keys.id
  const hashed = await hashAll(deps, codes, { salt, pepper }, client)
  if (!hashed.ok) return hashed
  const sheet = { person, session, salt, pepper }
  await deps.store.transaction(tx => insertPending(deps, tx, sheet, hashed.hashes))
  return ok({ codes: codes.map(inGroups) })
}

async function readCode(
  deps: RecoveryCodesDeps,
  person: PersonId,
  typed: string,
  which: 'in-service' | { readonly waitingIn: string },
  client: HashingClient,
): Promise<Result<{ code: SheetCode }, HashRefusal>> {
  const sheet = await (which === 'in-service'
    ? findInService(person, deps.store.read)
    : findPending(deps, person, which.waitingIn))
  if (!sheet) return ok({ code: null })
  const hashed = await hashCode(deps, foldRecoveryCode(typed), sheet, client)
  return hashed.ok ? ok({ code: { sheet: sheet.id, hashes: hashed.hashes } }) : hashed
}

async function verifyCode(
  deps: RecoveryCodesDeps,
  { person, ...client }: FactorClaim,
  typed: string,
): Promise<Result<{ answer: PendingAnswer<JudgedFactor> }, HashRefusal>> {
  const read = await readCode(deps, person, typed, 'in-service', client)
  if (!read.ok) return read
  const judge = async (tx: Tx, open: boolean): Promise<JudgedFactor> => {
    const used = open ? await consumeCode(tx, read.code) : null
    return used ? { verdict: 'right', codesLeft: used.left } : { verdict: 'wrong' }
  }
  return ok({ answer: { judge } })
}

async function confirmSheet(
  clock: Clock,
  tx: Tx,
  person: PersonId,
  code: SheetCode,
): Promise<{ left: number } | null> {
  const used = await consumeCode(tx, code)
  if (!used || !code) return null
  const others = (await sheetsOf(tx, person)).filter(({ id }) => id !== code.sheet)
  await deleteSheets(tx, others)
  await tx
    .updateTable('recovery_sheets')
    .set({ confirmed_at: clock.now() })
    .where('id', '=', code.sheet)
    .execute()
  return used
}

async function isInService(holder: string, db: Store['read']) {
  const row = await db
    .selectFrom('recovery_sheets')
    .select('person')
    .where('person', '=', holder)
    .where('confirmed_at', 'is not', null)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

async function stateOfSheet(person: PersonId, db: Store['read']) {
  const sheet = await findInService(person, db)
  return sheet ? { madeAt: sheet.made_at, left: await codesLeft(sheet.id, db) } : null
}

async function removeSheets(tx: Tx, person: PersonId, session: string | undefined) {
  const sheets = (await sheetsOf(tx, person)).filter(
    sheet => session === undefined || sheet.confirmed_at !== null || sheet.begun_by === session,
  )
  await deleteSheets(tx, sheets)
  return sheets.some(sheet => sheet.confirmed_at !== null)
}

/**
 * Printed recovery codes: a sheet to keep at home, each code used once. Stored as Argon2id with a pepper and one salt per
 * sheet (ASVS 6.5.2), so that a try costs one hash for any number of codes. A new sheet is in service, and voids the old one,
 * once one of its codes was typed, so that a failed print does not leave the person without a valid sheet.
 */
export const createRecoveryCodes = (deps: RecoveryCodesDeps) => ({
  /**
   * Creates a sheet and returns its codes in clear, this once. It is pending until its first use in this session, and
   * replaces a pending one of this session; a sheet begun by another session is kept.
   */
  make: (person: PersonId, session: string, client: HashingClient) =>
    makeSheet(deps, person, session, client),

  /**
   * Hashes the typed code with the salt of the sheet in service, or of the sheet pending in the session `waitingIn`.
   */
  read: (
    person: PersonId,
    typed: string,
    which: 'in-service' | { readonly waitingIn: string },
    client: HashingClient,
  ) => readCode(deps, person, typed, which, client),

  recognises: (typed: string) => looksPrinted(foldRecoveryCode(typed)),

  /** At most one hash: none for a person without a sheet. A right code is used up: exactly one caller succeeds. */
  verify: (claim: FactorClaim, typed: string) => verifyCode(deps, claim, typed),

  describe: async (person: PersonId, db: Store['read'] = deps.store.read): Promise<readonly InPlace[]> => {
    const sheet = await stateOfSheet(person, db)
    return sheet ? [{ id: '', name: '', since: sheet.madeAt, left: sheet.left }] : []
  },

  /** Puts a pending sheet in service by its first use, and deletes the former sheet. */
  confirm: (tx: Tx, person: PersonId, code: SheetCode) => confirmSheet(deps.clock, tx, person, code),

  /** Whether this holder, known or not, has one in service. */
  isInService: (holder: string, db: Store['read'] = deps.store.read) => isInService(holder, db),

  /** The sheet in service: since when, and how many codes are left; `null` when there is none. */
  find: (person: PersonId, db: Store['read'] = deps.store.read) => stateOfSheet(person, db),

  isWaiting: async (person: PersonId, session: string) =>
    (await findPending(deps, person, session)) !== undefined,

  /**
   * Removes the sheet in service and the sheet begun by this session, or by any when `session` is absent; true when
   * one was in service.
   */
  remove: (tx: Tx, person: PersonId, session?: string) => removeSheets(tx, person, session),

  clear: (tx: Tx, person: PersonId) => removeSheets(tx, person, undefined),
})

export type RecoveryCodes = ReturnType<typeof createRecoveryCodes>
