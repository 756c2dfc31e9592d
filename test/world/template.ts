import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Where the templates of this run are: its files are run by several processes, which inherit this. */
const variable = 'SESAME_TEMPLATES'

/** A place for the templates of this run, and how to forget them. */
export const createTemplateFolder = () => {
  const folder = mkdtempSync(join(tmpdir(), 'sesame-templates-'))
  process.env[variable] = folder
  return () => rmSync(folder, { recursive: true, force: true })
}

/**
 * Fills the folder with what `make` puts there. Within a run of the tests that is made once for the same `from`, and each
 * takes a copy.
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
      // The other worker was faster: its template serves as well.
      rmSync(made, { recursive: true, force: true })
    }
  }
  // Node copies the holes of a file as well: slapd's database is a gigabyte of them.
  execFileSync('cp', ['-a', `${kept}/.`, folder])
}
