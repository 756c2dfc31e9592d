import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** The environment variable with the folder of the templates: the workers of a run inherit it. */
const variable = 'SESAME_TEMPLATES'

/** Creates the folder of the templates of a run. Returns the function that deletes it. */
export const createTemplateFolder = () => {
  const folder = mkdtempSync(join(tmpdir(), 'sesame-templates-'))
  process.env[variable] = folder
  return () => rmSync(folder, { recursive: true, force: true })
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
