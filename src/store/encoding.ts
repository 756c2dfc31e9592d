import { OperatorError } from '../operator-error.ts'

/** SQL_ASCII takes every text as it is. */
const complete = ['UTF8', 'SQL_ASCII']

/** A database in another encoding refuses names, addresses and the typographic apostrophe of our own sentences, one by one. */
export const requireUnicode = (encoding: string) => {
  if (complete.includes(encoding)) return
  throw new OperatorError(
    'store',
    `The database of PostgreSQL is in ${encoding}, which lacks letters of names: make one in UTF-8 (createdb --encoding=UTF8 --template=template0), and restore a backup into it.`,
  )
}
