import { execFileSync, type StdioOptions, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { currentLeaseHolder } from '../src/services/source/lease-holder.ts'
import { bundle } from './world/bundle.ts'
import { available, type PortalFixture, type PortalKind, startPortal } from './world/portal.ts'
import { root } from './world/root.ts'
import { runSesame } from './world/run-sesame.ts'
import { mountSmallDisk } from './world/small-disk.ts'

const kinds: readonly PortalKind[] = [
  { directory: 'embedded', store: 'SQLite' },
  { directory: 'embedded', store: 'PostgreSQL' },
]
const why = ['--by', 'thomas', '--reason', 'rentrée']

/** Runs a program beside the portal of this process, which would keep its locks of the store while it is blocked. */
const runBeside = async (
  command: string,
  args: readonly string[],
  options: { readonly env: NodeJS.ProcessEnv; readonly stdio?: StdioOptions },
) => {
  const child = spawn(command, args, { cwd: root, ...options })
  const output = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const)
    child[name]?.setEncoding('utf8').on('data', part => {
      output[name] += part
    })
  const [status, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null]
  return { status, signal, ...output }
}

/** The failpoints of the command, for three people and two files: each step, the first time and a later one. */
const failpoints = [
  'kept:0',
  'made:0',
  'kept:2',
  'made:2',
  'drafted:0',
  'written:0',
  'drafted:1',
  'written:1',
]

describe.each(kinds.filter(available))('the codes of a list that is interrupted, on $store', kind => {
  let fixture: PortalFixture
  let crashing: string
  let list: string
  beforeAll(async () => {
    fixture = await startPortal({ ...kind, crowd: 3 })
    crashing = await bundle('test/world/crashing-codes.ts', 'crashing-codes.js')
    await fixture.application.store.transaction(tx => tx.deleteFrom('jokers').execute())
    list = join(fixture.folder, 'list.csv')
    const lines = fixture.crowd.map(({ number }) => `staff-number,${number}\n`)
    writeFileSync(list, `kind,number\n${lines.join('')}`)
  })
  afterAll(() => fixture?.stop())

  const env = () => ({
    PATH: process.env.PATH ?? '',
    SESAME_CONFIG: fixture.configFile,
    SESAME_DATA: join(fixture.folder, 'data'),
    ...(fixture.databaseUrl && { DATABASE_URL: fixture.databaseUrl }),
  })
  const filesIn = (name: string) => {
    const folder = join(fixture.folder, name.replace(':', '-'))
    mkdirSync(folder, { recursive: true })
    return { folder, letters: join(folder, 'letters.pdf'), output: join(folder, 'codes.csv') }
  }
  type Files = Omit<ReturnType<typeof filesIn>, 'folder'>
  const run = ({ letters, output }: Files) =>
    runSesame(['activation-codes', list, ...why, '--letters', letters, '--output', output], { env: env() })
  const codesIn = (text: string) => text.match(/[A-Z0-9]{4}(-[A-Z0-9]{4}){3}/g) ?? []
  const printed = (letters: string) =>
    codesIn(execFileSync('pdftotext', [letters, '-'], { encoding: 'utf8' }))
  const timesMade = async () =>
    Number(
      (
        await fixture.application.store.read
          .selectFrom('audit_events')
          .select(({ fn }) => fn.countAll().as('times'))
          .where('kind', '=', 'activation.codes-made')
          .executeTakeFirstOrThrow()
      ).times,
    )
  /** The letters, the list and the store have the same code for each person, and nothing else is left. */
  const expectOneCodeEach = async ({ letters, output }: Files, folder: string) => {
    const listed = codesIn(readFileSync(output, 'utf8'))
    expect(listed).toHaveLength(3)
    expect(printed(letters)).toEqual(listed)
    const { activationCodes } = fixture.application.proofs
    for (const [index, { id }] of fixture.crowd.entries())
      expect(await activationCodes.isLive(id, listed[index] ?? ''), `person ${index}`).toBe(true)
    expect(readdirSync(folder).filter(name => /\.(part|new|lock)/.test(name))).toEqual([])
    return listed
  }

  it.each(failpoints)(
    'killed at « %s »: repeated, it gives each person one code, and makes none twice',
    async at => {
      const { folder, ...files } = filesIn(at)
      const before = await timesMade()
      const killed = await runBeside(process.execPath, [crashing, list, files.letters, files.output], {
        env: { ...env(), CRASH_AT: at },
      })
      expect(killed.signal).toBe('SIGKILL')
      const part = join(folder, 'codes.csv.part')
      const kept = codesIn(readFileSync(part, 'utf8'))
      expect(statSync(part).mode & 0o777).toBe(0o600)
      const made = (await timesMade()) - before

      expect(await run(files)).toMatchObject({ status: 0, failed: '', said: '3 code(s) made.\n' })
      const listed = await expectOneCodeEach(files, folder)
      expect(listed.slice(0, made)).toEqual(kept.slice(0, made))
      expect((await timesMade()) - before).toBe(3)
    },
  )

  it('a line that was half written when it was killed is no code', async () => {
    const { folder, ...files } = filesIn('half')
    writeFileSync(`${files.output}.part`, '{"person":"demo-', { mode: 0o600 })
    expect(await run(files)).toMatchObject({ status: 0, failed: '' })
    await expectOneCodeEach(files, folder)
  })

  it('repeated with another list, it refuses, and loses no code of the first', async () => {
    const { folder, ...files } = filesIn('other')
    await runBeside(process.execPath, [crashing, list, files.letters, files.output], {
      env: { ...env(), CRASH_AT: 'made:1' },
    })
    const before = await timesMade()
    const other = await runSesame(['activation-codes', '-', ...why, '--output', files.output], {
      env: env(),
      input: 'student-number,22609431\n',
    })
    expect(other).toMatchObject({
      status: 1,
      failed: expect.stringContaining('2 code(s) for people who are not in this list'),
    })
    expect(await timesMade()).toBe(before)
    expect((await run(files)).status).toBe(0)
    await expectOneCodeEach(files, folder)
  })

  const killAt = (at: string, { letters, output }: Files) =>
    runBeside(process.execPath, [crashing, list, letters, output], {
      env: { ...env(), CRASH_AT: at },
    })

  it.each(['made:2', 'written:0'])(
    'killed at « %s » and repeated with other files, it refuses, and replaces none of them',
    async at => {
      const { folder, ...files } = filesIn(`names-${at}`)
      expect((await killAt(at, files)).signal).toBe('SIGKILL')
      const before = await timesMade()
      const earlier = join(folder, 'earlier.pdf')
      writeFileSync(earlier, 'the letters of an earlier list')
      expect(await run({ ...files, letters: earlier })).toMatchObject({
        status: 1,
        failed: expect.stringContaining(
          `codes.csv.part is of an interrupted run that writes ${files.letters} and ${files.output}: repeat it with these files`,
        ),
      })
      expect(readFileSync(earlier, 'utf8')).toBe('the letters of an earlier list')
      expect(await timesMade()).toBe(before)
      expect(await run(files)).toMatchObject({ status: 0, failed: '' })
      await expectOneCodeEach(files, folder)
    },
  )

  it.each(['made:2', 'drafted:0', 'written:0'])(
    'killed at « %s » and repeated, it replaces no file that another run has put there meanwhile',
    async at => {
      const { folder, ...files } = filesIn(`meanwhile-${at}`)
      expect((await killAt(at, files)).signal).toBe('SIGKILL')
      const before = await timesMade()
      writeFileSync(files.letters, 'the letters of another list')
      expect(await run(files)).toMatchObject({
        status: 1,
        failed: expect.stringContaining(`${files.letters} exists already, and is not overwritten`),
      })
      expect(readFileSync(files.letters, 'utf8')).toBe('the letters of another list')
      expect(await timesMade()).toBe(before)
      rmSync(files.letters)
      expect(await run(files)).toMatchObject({ status: 0, failed: '' })
      await expectOneCodeEach(files, folder)
    },
  )

  it('two runs at once: one makes the codes, the other says why it makes none', async () => {
    const { folder, ...files } = filesIn('twice')
    const before = await timesMade()
    const both = await Promise.all([run(files), run(files)])
    expect(both.map(({ status }) => status).sort()).toEqual([0, 1])
    expect(both.map(({ said }) => said).sort()).toEqual(['', '3 code(s) made.\n'])
    expect(both.map(({ failed }) => failed).join('')).toMatch(
      /is in progress|exists already, and is not overwritten/,
    )
    expect((await timesMade()) - before).toBe(3)
    await expectOneCodeEach(files, folder)
  })

  it('two runs of one list with different files at once: one makes the codes, the other says why it makes none', async () => {
    const [one, other] = [filesIn('one'), filesIn('two')]
    const before = await timesMade()
    const both = await Promise.all([run(one), run(other)])
    // A second run that begins after the first has ended makes new codes, which are those that count.
    const made = both.filter(({ status }) => status === 0).length
    const last = existsSync(other.output) ? other : one
    expect((await timesMade()) - before).toBe(3 * made)
    if (made === 1) {
      expect(both.map(({ failed }) => failed).join('')).toContain('is in progress')
      await expectOneCodeEach(last, last.folder)
    }
  })

  it('makes none while another run for other files lives', async () => {
    const { folder, ...files } = filesIn('elsewhere')
    const lock = join(fixture.folder, 'data', 'activation-codes.lock')
    symlinkSync(currentLeaseHolder(), lock)
    const before = await timesMade()
    const inProgress = {
      status: 1,
      said: '',
      failed: expect.stringContaining(
        `Another run of « sesame activation-codes » is in progress (${lock}: ${currentLeaseHolder()})`,
      ),
    }
    expect(await run(files)).toMatchObject(inProgress)
    expect(await runSesame(['activation-codes', list, ...why], { env: env() })).toMatchObject(inProgress)
    expect([readdirSync(folder), await timesMade()]).toEqual([[], before])
    rmSync(lock)
    expect((await run(files)).status).toBe(0)
    await expectOneCodeEach(files, folder)
  })

  it('a person on two lines gets the code of the first; the second is refused by its number', async () => {
    const { folder, output } = filesIn('doubled')
    const [first] = fixture.crowd
    const lines = `staff-number,${first?.number}\nstaff-number, ${first?.number}\n`
    const made = await runSesame(['activation-codes', '-', ...why, '--output', output], {
      env: env(),
      input: lines,
    })
    expect(made).toMatchObject({
      status: 1,
      said: '1 code(s) made.\n',
      failed: 'line 2: it is the person of line 1, whose code is made\n',
    })
    const [code = ''] = codesIn(readFileSync(output, 'utf8'))
    const { activationCodes } = fixture.application.proofs
    expect(first && (await activationCodes.isLive(first.id, code))).toBe(true)
    expect(readdirSync(folder)).toEqual(['codes.csv'])
  })

  it('refuses while another run lives, and removes nothing of it', async () => {
    const { folder, ...files } = filesIn('alive')
    const lock = `${files.output}.part.lock`
    symlinkSync(currentLeaseHolder(), lock)
    const before = await timesMade()
    expect(await run(files)).toMatchObject({
      status: 1,
      failed: expect.stringContaining(
        `codes.csv.part is in use by another run of « sesame activation-codes » (${currentLeaseHolder()})`,
      ),
    })
    expect(readdirSync(folder)).toEqual(['codes.csv.part.lock'])
    expect(await timesMade()).toBe(before)
    rmSync(lock)
    expect((await run(files)).status).toBe(0)
    await expectOneCodeEach(files, folder)
  })

  it('writes no letters and list to one file', async () => {
    const { folder, output } = filesIn('same')
    const before = await timesMade()
    expect(await run({ letters: output, output })).toMatchObject({
      status: 1,
      failed: expect.stringContaining('name the same file'),
    })
    expect(readdirSync(folder)).toEqual([])
    expect(await timesMade()).toBe(before)
  })

  it('on a full disk it says so; with room again, it gives the codes that are made', async () => {
    const { folder } = filesIn('disk')
    const disk = mountSmallDisk(folder, '24k')
    expect(disk, 'this user may mount no disk').not.toBe(null)
    try {
      const files = { letters: join(folder, 'letters.pdf'), output: join(folder, 'codes.csv') }
      const before = await timesMade()
      disk?.fill()
      expect(await run(files)).toMatchObject({
        status: 1,
        failed: expect.stringMatching(
          /codes.csv.part cannot be written: the disk is full[\s\S]*Stopped at line 2/,
        ),
      })
      expect(await timesMade()).toBe(before)
      disk?.empty()

      const full = await run(files)
      expect(full).toMatchObject({
        status: 1,
        failed: expect.stringMatching(
          /letters.pdf cannot be written: the disk is full[\s\S]*Repeat the same command/,
        ),
      })
      expect([existsSync(files.letters), existsSync(files.output)]).toEqual([false, false])
      const kept = codesIn(readFileSync(`${files.output}.part`, 'utf8'))
      expect(kept).toHaveLength(3)
      disk?.remount('size=1m')
      expect(await run(files)).toMatchObject({ status: 0, failed: '' })
      expect(await expectOneCodeEach(files, folder)).toEqual(kept)
      expect((await timesMade()) - before).toBe(3)
    } finally {
      disk?.unmount()
    }
  })

  it('what cannot be written to the standard output is not made', async () => {
    const before = await timesMade()
    const full = openSync('/dev/full', 'w')
    const { status, stderr } = await runBeside(
      process.execPath,
      [join(root, 'bin/sesame.mjs'), 'activation-codes', list, ...why],
      {
        env: env(),
        stdio: ['ignore', full, 'pipe'],
      },
    )
    closeSync(full)
    expect(status).toBe(1)
    expect(stderr).toMatch(/The standard output cannot be written: the disk is full/)
    expect(stderr).not.toMatch(/^\s+at /m)
    expect(await timesMade()).toBe(before)
  })

  it('a program that stops reading the standard output is no fault: the run says where to go on, and gives its lock back', async () => {
    const command = `"${process.execPath}" bin/sesame.mjs activation-codes "${list}" ${why.map(one => `"${one}"`).join(' ')}`
    const unread = () =>
      runBeside('bash', ['-c', `${command} | true; echo "status \${PIPESTATUS[0]}"`], {
        env: env(),
      })
    for (const { stdout, stderr } of [await unread(), await unread()]) {
      expect(stdout).toBe('status 1\n')
      expect(stderr).toContain('The standard output is no longer read by the program that it goes to')
      expect(stderr).not.toMatch(/^\s+at |in progress/m)
    }
  })
})

const onSlapd = { directory: 'slapd', store: 'SQLite' } as const

describe.skipIf(!available(onSlapd))('the codes of a list while the directory is down', () => {
  let fixture: PortalFixture
  beforeAll(async () => {
    fixture = await startPortal({ ...onSlapd, people: 20 })
    await fixture.application.store.transaction(tx => tx.deleteFrom('jokers').execute())
  })
  afterAll(() => fixture?.stop())

  it('the run stops and keeps what an interrupted one had made; with the directory again, it gives these codes', async () => {
    const list = join(fixture.folder, 'list.csv')
    writeFileSync(list, 'staff-number,204518\nstaff-number,198077\nstudent-number,22104587\n')
    const output = join(fixture.folder, 'codes.csv')
    const env = {
      PATH: process.env.PATH ?? '',
      SESAME_CONFIG: fixture.configFile,
      SESAME_DATA: join(fixture.folder, 'data'),
    }
    const run = () => runSesame(['activation-codes', list, ...why, '--output', output], { env })
    const crashing = await bundle('test/world/crashing-codes.ts', 'crashing-codes.js')
    const killed = await runBeside(
      process.execPath,
      [crashing, list, join(fixture.folder, 'x.pdf'), output],
      {
        env: { ...env, CRASH_AT: 'made:1' },
      },
    )
    expect(killed.signal).toBe('SIGKILL')
    const part = `${output}.part`
    writeFileSync(part, readFileSync(part, 'utf8').replace(`"${join(fixture.folder, 'x.pdf')}",`, ''))
    const kept = readFileSync(part, 'utf8')

    await fixture.slapd?.kill()
    try {
      expect(await run()).toMatchObject({
        status: 1,
        said: '',
        failed: expect.stringMatching(/^line 1: the directory does not answer\nStopped at line 1\./),
      })
      expect(readFileSync(part, 'utf8')).toBe(kept)
    } finally {
      await fixture.slapd?.start()
    }
    expect(await run()).toMatchObject({ status: 0, failed: '', said: '3 code(s) made.\n' })
    const codesIn = (text: string) => text.match(/[A-Z0-9]{4}(-[A-Z0-9]{4}){3}/g) ?? []
    expect(codesIn(readFileSync(output, 'utf8')).slice(0, 2)).toEqual(codesIn(kept))
    expect(existsSync(part)).toBe(false)
  })
})
