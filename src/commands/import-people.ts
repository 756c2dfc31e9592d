import type { Application } from '../application.ts'
import { type CsvRecord, readTable } from '../csv.ts'
import { type PeopleFile, readPeopleFile } from '../directory/imported/lines.ts'
import type { Justification } from '../helpdesk/justification.ts'
import {
  importPeople as importAll,
  type PeopleImportDeps,
  readDirectoryIds,
  removeMissing,
} from '../helpdesk/people-import.ts'
import { fail, print, withApplication } from './command-context.ts'

type ImportOptions = Justification & {
  readonly removeMissing?: true
  readonly removeAtMost: string
}

/** A line is told when an id is not in the directory: nothing is kept of somebody without an account. */
const withoutAccount = 'no entry of the directory has its id'

/** The people whom the directory has. The others are told by their lines, unless the directory did not show everybody. */
async function keepKnown(deps: PeopleImportDeps, { people }: PeopleFile) {
  const known = await readDirectoryIds(deps)
  if (!known.ok) {
    fail('The directory does not answer: nothing was imported. Repeat the command once it does.')
    return null
  }
  if (known.endedBy !== null) {
    fail(`The ids were not compared with the directory, which did not show everybody. ${known.endedBy}`)
    return { people, problems: [] }
  }
  return {
    people: people.filter(({ id }) => known.ids.has(id)),
    problems: people
      .filter(({ id }) => !known.ids.has(id))
      .map(({ line }) => ({ line, sentence: withoutAccount })),
  }
}

async function remove(
  deps: PeopleImportDeps,
  file: PeopleFile,
  { removeAtMost, ...why }: ImportOptions,
): Promise<number> {
  const removed = await removeMissing(deps, file, Number(removeAtMost), why)
  if (removed.ok) return removed.removed
  fail(
    removed.reason === 'too-many'
      ? `${removed.missing} of ${removed.of} imported people are not in the file, more than ${removeAtMost} %: nobody was removed. If they are gone, repeat the command with a higher --remove-at-most.`
      : 'Somebody is not in the file, and a line of it has no id: nobody was removed. Correct that line and repeat the command.',
  )
  return 0
}

async function importFile(
  { store, crypto, audit, directory, config, clock }: Application,
  records: readonly CsvRecord[],
  options: ImportOptions,
) {
  const read = readPeopleFile(records, new Date(clock.now()))
  if (!read.ok) return fail(read.reason)
  const { file } = read
  const deps = { store, keys: crypto.keys, audit, directory }
  const known = await keepKnown(deps, file)
  if (!known) return
  const problems = [...file.problems, ...known.problems].sort((a, b) => a.line - b.line)
  for (const { line, sentence } of problems) fail(`line ${line}: ${sentence}`)
  const { added, changed } = await importAll(deps, known.people, options, done => {
    if (done % 1000 === 0) process.stderr.write(`${done} of ${known.people.length}\n`)
  })
  const removed = options.removeMissing ? await remove(deps, file, options) : 0
  const same = known.people.length - added - changed
  print(
    `${added} new, ${changed} changed, ${same} as before, ${removed} removed; ${problems.length} line(s) refused.`,
  )
  if (config.identification === 'directory')
    print('They are not used yet: set `identification: import` in sesame.yaml and restart the portal.')
}

/**
 * Imports how people identify themselves, for a directory that does not hold it. Numbers and dates of birth are kept as digests alone;
 * a refused line is reported by its line number, without its content. Repeated, it goes on where it stopped.
 */
export const importPeople = async (file: string, options: ImportOptions) => {
  if (!/^\d{1,2}$|^100$/.test(options.removeAtMost))
    return fail('--remove-at-most is a percentage, from 0 to 100.')
  const table = readTable(file)
  if (!table.ok) return fail(`${file}: ${table.reason}`)
  return withApplication(application => importFile(application, table.records, options))
}
