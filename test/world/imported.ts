import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readCsv } from '../../src/csv.ts'
import { readPeopleFile } from '../../src/directory/imported/lines.ts'
import type { Entry } from '../../src/directory/ldap/attributes.ts'
import { valuesOf } from '../../src/directory/ldap/attributes.ts'
import { importPeople } from '../../src/helpdesk/people-import.ts'
import { unlimited, unlimitedJourneys } from './limits.ts'
import { suffix, type WorldPerson } from './people.ts'
import { type PortalFixture, type PortalKind, startPortal } from './portal.ts'
import { runSesame } from './run-sesame.ts'

/** The first line of a file of people. */
const header = 'id,birth-date,student-number,ine,staff-number,uid'

/** The stable ids of everybody in the directory, by uid. */
const idsByUid = async ({ slapd }: PortalFixture): Promise<ReadonlyMap<string, string>> => {
  if (!slapd) throw new Error('the embedded directory has no entries')
  const { searchEntries } = await slapd.asRoot(client =>
    client.search(suffix, { filter: '(uid=*)', attributes: ['uid', 'entryUUID'], paged: { pageSize: 1000 } }),
  )
  return new Map(
    searchEntries.map(entry => [
      valuesOf(entry as Entry, 'uid')[0] ?? '',
      valuesOf(entry as Entry, 'entryUUID')[0] ?? '',
    ]),
  )
}

/** The line of somebody, as the information system exports it. */
export const lineOf = (
  { uid, population, born, studentNumber, ine, staffNumber }: WorldPerson,
  ids: ReadonlyMap<string, string>,
) =>
  [
    ids.get(uid) ?? '',
    born ?? '',
    studentNumber ?? '',
    ine ?? '',
    staffNumber ?? '',
    population === 'external' ? uid : '',
  ].join(',')

/** Imports these people in this process; lines that the command would refuse are left out. */
export const importWorldPeople = async (fixture: PortalFixture, people: readonly WorldPerson[]) => {
  const ids = await idsByUid(fixture)
  const table = readCsv([header, ...people.map(one => lineOf(one, ids))].join('\n'))
  if (!table.ok) throw new Error(table.reason)
  const read = readPeopleFile(table.records, new Date())
  if (!read.ok) throw new Error(read.reason)
  const { store, crypto, audit, directory } = fixture.application
  const why = { by: 'thomas', reason: 'test' }
  const deps = { store, keys: crypto.keys, audit, directory }
  await importPeople(deps, read.file.people, why, () => {})
}

const why = ['--by', 'thomas', '--reason', 'export of the day']

/** A portal whose directory holds no date of birth, and the command that imports them. */
export const startImporting = async (kind: PortalKind, people: readonly WorldPerson[], count: number) => {
  const fixture = await startPortal({
    ...kind,
    people: count,
    birthDates: 'none',
    config: slapd =>
      Promise.resolve({
        identification: 'import',
        limits: { ...unlimited, ...unlimitedJourneys },
        directory: { kind: 'ldap', ...slapd.settings({ answerTimeout: 20_000 }) },
      }),
  })
  const ids = await idsByUid(fixture)
  const env = {
    PATH: process.env.PATH ?? '',
    SESAME_CONFIG: fixture.configFile,
    SESAME_DATA: join(fixture.folder, 'data'),
    ...(fixture.databaseUrl && { DATABASE_URL: fixture.databaseUrl }),
  }
  const run = (...args: readonly string[]) => runSesame(args, { env })
  return {
    fixture,
    ids,
    lines: people.map(one => lineOf(one, ids)),
    env,
    run,
    why,
    /** Writes a file of people, and returns its path. */
    write: (name: string, lines: readonly string[]) => {
      const file = join(fixture.folder, name)
      writeFileSync(file, [header, ...lines].join('\n'))
      return file
    },
    importFile: (file: string, ...more: readonly string[]) => run('import', 'people', file, ...why, ...more),
    countImported: async () => {
      const { read } = fixture.application.store
      const counted = read.selectFrom('imported_people').select(eb => eb.fn.countAll<number>().as('all'))
      return Number((await counted.executeTakeFirstOrThrow()).all)
    },
  }
}
