import { networkFaultWords } from '../network-fault.ts'
import { OperatorError } from '../operator-error.ts'

type Fault = {
  readonly code?: unknown
  readonly errcode?: unknown
  readonly message?: unknown
  readonly syscall?: unknown
  readonly path?: unknown
}

/** The primary result codes of SQLite (its extended codes add higher bits) that say nothing about the statement. */
const sqliteSentences: Readonly<Record<number, string>> = {
  5: 'The SQLite file stays locked by another program: end it, for example a copy or a shell that holds a transaction.',
  8: 'The SQLite file cannot be written: give SESAME_DATA and its files to the user of the service (chown -R), on a disk that is not mounted read-only.',
  10: 'The disk of SESAME_DATA fails to read or write: look at the log of the system (dmesg), and check the disk.',
  11: 'The SQLite file is damaged: stop the portal, keep a copy, and restore a backup (docs/operate/upgrade.md).',
  13: 'The disk of SESAME_DATA is full: make room.',
  14: 'The SQLite file cannot be opened: give SESAME_DATA and its files to the user of the service (chown -R).',
  26: 'SESAME_DATA/sesame.sqlite is no SQLite file: put the right file there, or restore a backup (docs/operate/upgrade.md).',
}

/** PostgreSQL's SQLSTATE, whole or its class. */
const postgresSentences: Readonly<Record<string, string>> = {
  '28P01': 'PostgreSQL refuses the password: correct it in DATABASE_URL or in databaseUrlFile.',
  28: 'PostgreSQL refuses the account: correct the user in DATABASE_URL or databaseUrlFile, or allow it in pg_hba.conf.',
  '3D000':
    'PostgreSQL has no database of that name: create it (createdb), or correct DATABASE_URL or databaseUrlFile.',
  '3F000':
    'PostgreSQL has no schema in which the tables can be: create it, or correct search_path (alter role … set search_path).',
  42501:
    'PostgreSQL refuses the account a right that it needs: make it the owner of the database and of its tables.',
  25006:
    'PostgreSQL is read-only, as a replica is: name the primary server in DATABASE_URL or databaseUrlFile.',
  53100: 'The disk of PostgreSQL is full: make room there.',
  53300: 'PostgreSQL has no connection left: raise max_connections (ten for each process of the portal).',
  53: 'PostgreSQL lacks memory, disk or connections: look at its log.',
  57014:
    'PostgreSQL did not end a statement within 10 seconds: look for a lock (pg_stat_activity) or a slow disk, then try again.',
  57: 'PostgreSQL is stopping or starting: wait, or start it.',
  58: 'PostgreSQL met a fault of its system: look at its log.',
  '08': 'The connection to PostgreSQL was lost: look at the server and the network.',
  XX: 'PostgreSQL reports an internal fault, perhaps damaged files: look at its log.',
}

const lostConnection = /^Connection terminated|connection error and is not queryable/

/** Faults of a file: of the data folder, for all other files are read at the start. */
const diskSentences: Readonly<Record<string, string>> = {
  ENOSPC: 'The disk of SESAME_DATA is full: make room.',
  EDQUOT: 'The disk quota of SESAME_DATA is used up: make room, or raise it.',
  EROFS: 'The disk of SESAME_DATA is mounted read-only: mount it for writing.',
  EIO: 'The disk of SESAME_DATA fails to read or write: look at the log of the system (dmesg), and check the disk.',
  EACCES:
    'A file of SESAME_DATA cannot be read or written: give the folder to the user of the service (chown -R).',
  EPERM:
    'A file of SESAME_DATA belongs to another user: give the folder to the user of the service (chown -R).',
}

const ofPostgres = (code: string, message: string) => {
  if (/^[0-9A-Z]{5}$/.test(code)) return postgresSentences[code] ?? postgresSentences[code.slice(0, 2)]
  const cut = (code === 'ECONNRESET' || code === 'EPIPE') && /^(read|write) /.test(message)
  return cut || lostConnection.test(message) ? postgresSentences['08'] : undefined
}

/**
 * Why the store cannot be used, in a sentence for the operator; `null`: the fault is another, such as a bug in a statement.
 * It covers SQLite, PostgreSQL, and the files of the data folder.
 */
export const storeFaultSentence = (fault: unknown): string | null => {
  if (fault instanceof OperatorError) return fault.setting === 'store' ? fault.message : null
  const { code, errcode, message, syscall, path } = (fault ?? {}) as Fault
  if (code === 'ERR_SQLITE_ERROR') return sqliteSentences[Number(errcode) & 0xff] ?? null
  const sentence = ofPostgres(String(code ?? ''), String(message ?? ''))
  if (sentence) return sentence
  const ofFile = syscall !== 'listen' && (path !== undefined || /sync$|^write$|^read$/.test(String(syscall)))
  return (ofFile && diskSentences[String(code)]) || null
}

/** A connection to PostgreSQL that could not be opened. Marked as the store's: faults of other servers have the same codes. */
export const connectFault = (fault: unknown, url: string) => {
  const { hostname, port } = new URL(url)
  const where = hostname ? ` at ${hostname}:${port || 5432}` : ''
  return new OperatorError(
    'store',
    storeFaultSentence(fault) ??
      `PostgreSQL${where} ${networkFaultWords(fault)}. Its URL is in DATABASE_URL or databaseUrlFile.`,
    fault,
  )
}
