import { chmodSync, chownSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { freePort } from './world/ports.ts'
import { refusedStarts } from './world/refused-starts.ts'
import { runSesame } from './world/run-sesame.ts'
import { isRoot, nobody, startProcess } from './world/start-process.ts'

const { newDataFolder, refusedCommand, refusedStart, startFolder } = refusedStarts()

describe('a portal that cannot start says why in one line of JSON', () => {
  it('when its port is in use', async () => {
    const port = await freePort()
    const other = createServer()
    await new Promise<void>(resolve => other.listen(port, '127.0.0.1', resolve))
    const entry = await refusedStart({ PORT: String(port) })
    other.close()
    expect(entry).toMatchObject({
      level: 'error',
      check: 'listen',
      detail: expect.stringContaining(`127.0.0.1:${port} is used by another program`),
    })
  })

  const junk = join(startFolder, 'junk')
  writeFileSync(junk, 'junk')
  it.each([
    ['an address of another machine', 'listen: { host: 192.0.2.1 }', 'listen', '192.0.2.1 is no address of'],
    [
      'a name that nobody knows',
      'listen: { host: a.invalid }',
      'listen',
      'a.invalid is a name that is not known',
    ],
    ['a list of leaked passwords that is none', `leakedFilter: ${junk}`, 'leakedFilter', 'is not a filter'],
  ])('when it is given %s', async (_, yaml, check, sentence) => {
    const config = join(startFolder, 'given.yaml')
    writeFileSync(config, yaml)
    expect(await refusedStart({ SESAME_CONFIG: config })).toMatchObject({
      check,
      detail: expect.stringContaining(sentence),
    })
  })

  it('when a secret file is missing: the line names the setting', async () => {
    const config = join(startFolder, 'missing.yaml')
    writeFileSync(config, 'mail: { kind: smtp, host: a.example, from: a@b.c, passwordFile: /nowhere/x }')
    expect(await refusedStart({ SESAME_CONFIG: config })).toMatchObject({
      check: 'mail.passwordFile',
      detail: 'names /nowhere/x, which does not exist.',
    })
  })

  it('when the root key can be read by everybody', async () => {
    const key = join(startFolder, 'open.key')
    writeFileSync(key, Buffer.alloc(32, 1))
    chmodSync(key, 0o644)
    expect(await refusedStart({ SESAME_ROOT_KEY_FILE: key })).toMatchObject({
      check: 'rootKeyFile',
      detail: expect.stringContaining(`${key} can be read by everybody`),
    })
  })

  it('when the data folder is a file', async () => {
    const file = join(startFolder, 'file')
    writeFileSync(file, '')
    expect(await refusedStart({ SESAME_DATA: file })).toMatchObject({
      check: 'SESAME_DATA',
      detail: `${file} is a file: name a folder.`,
    })
  })

  it('when the file of the store is no store', async () => {
    const data = newDataFolder()
    writeFileSync(
      join(data, 'sesame.sqlite'),
      'no store, but a text that is long enough to be read as one '.repeat(40),
    )
    expect(await refusedStart({ SESAME_DATA: data })).toMatchObject({
      check: 'store',
      detail: expect.stringContaining('is no SQLite file'),
    })
  })

  describe.runIf(isRoot)('as another user than root', () => {
    it('when a secret file cannot be read', async () => {
      const secret = join(startFolder, 'closed')
      writeFileSync(secret, 'secret', { mode: 0o600 })
      const config = join(startFolder, 'closed.yaml')
      writeFileSync(config, `mail: { kind: smtp, host: a.example, from: a@b.c, passwordFile: ${secret} }`)
      expect(await refusedStart({ SESAME_CONFIG: config }, nobody)).toMatchObject({
        check: 'mail.passwordFile',
        detail: expect.stringMatching(/which the user \w+ cannot read: give it the group/),
      })
    })

    it('when the data folder is read-only', async () => {
      const data = newDataFolder(nobody)
      chmodSync(data, 0o555)
      expect(await refusedStart({ SESAME_DATA: data }, nobody)).toMatchObject({
        detail: expect.stringMatching(new RegExp(`${data}/\\S+ cannot be read or written by this user`)),
      })
    })

    it('when root left its files in the data folder', async () => {
      const data = newDataFolder()
      expect(
        (await runSesame(['audit', 'verify'], { env: { PATH: process.env.PATH ?? '', SESAME_DATA: data } }))
          .status,
      ).toBe(0)
      chownSync(data, nobody, nobody)
      chownSync(join(data, 'root.key'), nobody, nobody)
      expect(await refusedStart({ SESAME_DATA: data }, nobody)).toMatchObject({
        detail: expect.stringMatching(/sesame\.sqlite belongs to another user/),
      })
    })

    it('when the data folder belongs to another user, and a command too', async () => {
      const data = newDataFolder(nobody)
      const sentence =
        /belongs to the user nobody, and this runs as root: run it as nobody, for example « sudo -u nobody/
      expect(await refusedStart({ SESAME_DATA: data })).toMatchObject({
        check: 'SESAME_DATA',
        detail: expect.stringMatching(sentence),
      })
      expect(await refusedCommand(['audit', 'verify'], { SESAME_DATA: data })).toMatch(sentence)
      expect(await refusedCommand(['backup', join(startFolder, 'b')], { SESAME_DATA: data })).toMatch(
        sentence,
      )
    })
  })
})

it('a portal that starts writes only lines of JSON, the last of which has its address', async () => {
  const started = await startProcess({ SESAME_DATA: newDataFolder() })
  const entries = started.entries()
  await started.stop()
  expect(entries.at(-1)).toMatchObject({
    level: 'info',
    started: expect.stringMatching(/^Sésame: http:\S+ \(demonstration with invented people\)$/),
  })
})
