// `npm run changed-sentences -- <commit> [commit]`: every sentence that changed between two commits, the old beside the new; the
// second commit is by default the files as they are. docs/reference/changed-sentences.md keeps what it said of the review of the pages.
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const textsFolder = folder => join(folder, 'src', 'texts')
/** The languages of these files: each has a folder. */
const languagesOf = folder =>
  readdirSync(textsFolder(folder), { withFileTypes: true })
    .filter(entry => entry.isDirectory())
    .map(({ name }) => name)

const run = (command, args, options = {}) => {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: root, maxBuffer: 1e8, ...options })
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr}`)
  return stdout
}

const textsIn = async (folder, language) => {
  const file = pathToFileURL(join(textsFolder(folder), language, `${language}.ts`)).href
  return (await import(file))[language].texts
}

/** The texts of a commit, by language; without a commit those of the working files. */
const textsAt = async (commit, folder) => {
  if (commit) {
    mkdirSync(folder)
    run('tar', ['-x', '-C', folder], { input: run('git', ['archive', commit, 'src/texts']) })
  }
  const from = commit ? folder : root
  return Object.fromEntries(
    await Promise.all(languagesOf(from).map(async language => [language, await textsIn(from, language)])),
  )
}

const cell = text => (text ?? '').replaceAll('|', '\\|').replaceAll('\n', ' ')

const [older, newer] = process.argv.slice(2)
if (!older) throw new Error('npm run changed-sentences -- <commit> [commit]')
const scratch = mkdtempSync(join(tmpdir(), 'sesame-texts-'))
try {
  const before = await textsAt(older, join(scratch, 'before'))
  const after = await textsAt(newer, join(scratch, 'after'))
  for (const language of Object.keys(after)) {
    const [old, now] = [Object.keys(before[language] ?? {}), Object.keys(after[language])]
    const kept = old.filter(key => key in after[language])
    const changed = kept.filter(key => before[language][key] !== after[language][key])
    const counts = `${changed.length} sentences changed, ${now.length - kept.length} added, ${old.length - kept.length} removed`
    console.log(`# ${language}: ${counts}\n\n| key | old | new |\n|---|---|---|`)
    for (const key of changed)
      console.log(`| \`${key}\` | ${cell(before[language][key])} | ${cell(after[language][key])} |`)
    console.log('')
  }
} finally {
  rmSync(scratch, { recursive: true })
}
