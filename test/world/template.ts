import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** The environment variable with the folder of the templates: the workers of a run inherit it. */
const variable = 'SESAME_TEMPLATES'

/** Creates the folder of the templates of a run. Returns its path, and the function that deletes it. */
export const createTemplateFolder = () => {
  const folder = mkdtempSync(join(tmpdir(), 'sesame-templates-'))
  process.env[variable] = folder
  return { folder, forget: () => rmSync(folder, { recursive: true, force: true }) }
}

/** The file of the SQLite store in a folder of data. */
export const sqliteFile = (folder: string) => join(folder, 'sesame.sqlite')

/** Puts a SQLite store with its tables into this folder of data; in a test run the migrations are applied once. */
export const copyMigratedSqlite = (folder: string) => {
  const templates = process.env[variable]
  if (!templates) return
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  copyFileSync(sqliteFile(templates), sqliteFile(folder))
}

/**
 * Fills the folder with what `make` creates. In a test run, `make` is called once for the same `from`, and each caller gets a
 * copy.
 */
export const copyTemplate = (folder: string, from: readonly string[], make: (folder: string) => void) => {
  const templates = process.env[variable]
  if (!templates) return make(folder)
  const digest = createHash('sha256')
  for (const part of from) digest.update(part).update('\0')
  const kept = join(templates, digest.digest('hex').slice(0, 24))
  if (!existsSync(kept)) {
    const made = mkdtempSync(join(templates, 'made-'))
    make(made)
    try {
      renameSync(made, kept)
    } catch {
      // The other worker created the same template first.
      rmSync(made, { recursive: true, force: true })
    }
  }
  // `cp` keeps sparse files sparse; Node would not, and the database of slapd is a sparse gigabyte.
  execFileSync('cp', ['-a', `${kept}/.`, folder])
}

/**
 * For the environment of a process of Sésame: where Node keeps compiled code. Hundreds are started in a run, and each would
 * compile the same bundle again.
 */
export const codeCache = (): Readonly<Record<string, string>> => {
  const templates = process.env[variable]
  return templates ? { NODE_COMPILE_CACHE: join(templates, 'code') } : {}
}
