import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startImporting } from './world/imported.ts'
import { worldPeople } from './world/people.ts'
import { available, type PortalKind } from './world/portal.ts'
import { root } from './world/root.ts'

const kinds: readonly PortalKind[] = [
  { directory: 'slapd', store: 'SQLite' },
  { directory: 'slapd', store: 'PostgreSQL' },
]
const count = 30_000
const people = worldPeople(count)

/** What is wrong with one line of a hundred, and how the command says it. */
const faults = [
  { spoil: (line: string, _: number) => line.replace(/^[^,]*/, ''), sentence: 'it has no id' },
  {
    spoil: (line: string) => line.replace(/^([^,]*),[^,]*/, '$1,31/02/1990'),
    sentence: 'its birth-date is none',
  },
  { spoil: (line: string) => line.replace(/^([^,]*,[^,]*),.*/, '$1,,,,'), sentence: 'it has no number' },
  {
    spoil: (line: string) => line.replace(/^([^,]*,[^,]*),.*/, '$1,,,20#18,'),
    sentence: 'its staff-number has characters that no number has',
  },
  {
    spoil: (line: string, index: number) =>
      line.replace(/^[^,]*/, `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`),
    sentence: 'no entry of the directory has its id',
  },
] as const

/** The lines with one of a hundred spoiled, and what is wrong with each that is wrong, by its number in the file. */
const spoil = (lines: readonly string[]) => {
  const spoiled = new Map<number, string>()
  const content = lines.map((line, index) => {
    const { born, uid } = people[index] ?? { born: null, uid: '' }
    const fault = index % 100 === 57 && born !== null && faults[Math.floor(index / 100) % faults.length]
    if (born === null) spoiled.set(index + 2, 'it has no birth-date')
    else if (uid.startsWith('twin-')) spoiled.set(index + 2, 'its staff-number is that of line')
    else if (fault) spoiled.set(index + 2, fault.sentence)
    return fault ? fault.spoil(line, index) : line
  })
  return { content, spoiled }
}

describe.each(kinds.filter(available))('the import of 30,000 people, on $store', kind => {
  let world: Awaited<ReturnType<typeof startImporting>>
  beforeAll(async () => {
    world = await startImporting(kind, people, count)
  }, 600_000)
  afterAll(() => world?.fixture.stop())

  it('goes on after a kill, reports each bad line of one in a hundred, and repeated writes nothing', {
    timeout: 1_200_000,
  }, async () => {
    const { fixture, lines, env, why, write, importFile, countImported } = world
    const { content, spoiled } = spoil(lines)
    expect(spoiled.size).toBeGreaterThanOrEqual(300)
    const file = write('people.csv', content)
    const child = spawn(process.execPath, [join(root, 'bin/sesame.mjs'), 'import', 'people', file, ...why], {
      cwd: root,
      env,
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    const gone = once(child, 'exit')
    let progress = ''
    for await (const part of child.stderr.setEncoding('utf8')) {
      progress += part
      if (/^5000 of/m.test(progress)) child.kill('SIGKILL')
    }
    await gone
    const before = await countImported()
    expect(before).toBeGreaterThanOrEqual(5000)
    expect(before).toBeLessThan(20_000)

    const { status, failed, said } = await importFile(file)
    expect(status).toBe(1)
    const reported = [...failed.matchAll(/^line (\d+): (.*)$/gm)].map(
      ([, line, sentence]) => [Number(line), sentence] as const,
    )
    expect(reported.map(([line]) => line)).toEqual([...spoiled.keys()].sort((a, b) => a - b))
    for (const [line, sentence] of reported) expect(sentence).toContain(spoiled.get(line))
    const good = lines.length - spoiled.size
    expect(said).toBe(
      `${good - before} new, 0 changed, ${before} as before, 0 removed; ${spoiled.size} line(s) refused.\n`,
    )
    expect(await countImported()).toBe(good)

    const rows = () =>
      fixture.application.store.read.selectFrom('imported_numbers').selectAll().orderBy('id').execute()
    const written = await rows()
    const repeated = await importFile(file)
    expect(repeated.said).toBe(
      `0 new, 0 changed, ${good} as before, 0 removed; ${spoiled.size} line(s) refused.\n`,
    )
    expect(await rows()).toEqual(written)
    expect(JSON.stringify(written)).not.toContain('22104587')
  })
})
