import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { readEnvironment } from './environment.ts'
import { loadSettings } from './load.ts'

const folder = mkdtempSync(join(tmpdir(), 'sesame-files-'))
afterAll(() => rmSync(folder, { recursive: true }))

const write = (name: string, text: string | Buffer) => {
  const file = join(folder, name)
  writeFileSync(file, text, { mode: 0o600 })
  return file
}
const problems = (yaml: string | Buffer, env: Record<string, string> = {}) => {
  const loaded = loadSettings(readEnvironment({ SESAME_CONFIG: write('sesame.yaml', yaml), ...env }))
  return loaded.ok ? [] : loaded.problems
}
const smtp = 'mail: { kind: smtp, host: mail.univ.example, from: a@b.c, user: sesame, '

describe('a setting that is not known', () => {
  it.each([
    ['limits: { jokerTrys: 3 }', 'limits', '`jokerTrys` is not a setting here. Did you mean `jokerTries`?'],
    ['publicURL: https://sesame.univ.example', '(file)', 'Did you mean `publicUrl`?'],
    ['branding: { primry: "#003b71" }', 'branding', 'Did you mean `primary`?'],
    ['helpdesk: { phone: "1" }', '(file)', 'Did you mean `branding.helpdesk`?'],
    [`${smtp} passwrdFile: /x }`, 'mail', 'Did you mean `passwordFile`?'],
    ['services: [{ id: wifi, raeds: source }]', 'services.0', 'Did you mean `reads`?'],
    ['elephants: 3', '(file)', 'docs/reference/configuration.md'],
  ])('%s leads to the one that was meant', (yaml, path, sentence) => {
    const found = problems(yaml).filter(problem => problem.path === path)
    expect(found.map(problem => problem.sentence).join()).toContain(sentence)
  })

  it('is a problem of its own, beside the others of its section', () => {
    const found = problems('limits: { jokerTrys: 3, purgeMail: 1 }')
    expect(found.map(({ path }) => path)).toEqual(['limits', 'limits'])
  })
})

describe('a YAML fault', () => {
  it.each([
    ['a list that is not closed', 'branding: { primary: "#003b71"\nlimits: [\npublicUrl: x', 'line'],
    ['a tab', 'limits:\n\tjokerTries: 3\n\tjokerLife: 2', 'line 2'],
    ['a setting given twice', 'publicUrl: https://a.example\npublicUrl: https://b.example', 'line 2'],
    ['an alias without anchor', 'publicUrl: *nowhere', 'nowhere'],
    ['a text without settings', 'sesame', 'holds no settings'],
    ['bytes that are not UTF-8', Buffer.from('branding: { institution: Universit\xe9 }', 'latin1'), 'UTF-8'],
  ])('%s is one problem, in one line', (_, yaml, sentence) => {
    const found = problems(yaml)
    expect(found).toHaveLength(1)
    expect(found[0]).toEqual({ path: '(file)', sentence: expect.stringContaining(sentence) })
    expect(found[0]?.sentence).not.toContain('\n')
  })

  it('a configuration that is a folder is refused in a sentence', () => {
    const loaded = loadSettings(readEnvironment({ SESAME_CONFIG: folder }))
    expect(!loaded.ok && loaded.problems[0]?.sentence).toContain('cannot be read')
  })
})

describe('a file that a setting names', () => {
  it.each(['rootKeyFile', 'newRootKeyFile'])('is no text where it is a key: %s', name => {
    const key = write('bytes.key', Buffer.alloc(32, 0xe9))
    const environment = name === 'rootKeyFile' ? 'SESAME_ROOT_KEY_FILE' : 'SESAME_NEW_ROOT_KEY_FILE'
    expect(problems(`${name}: ${key}`)).toEqual([])
    expect(problems('{}', { [environment]: key })).toEqual([])
  })

  it.each([
    [
      'is missing',
      `${smtp} passwordFile: /nowhere/secret }`,
      'mail.passwordFile',
      '/nowhere/secret, which does not exist',
    ],
    ['is a folder', `${smtp} passwordFile: ${folder} }`, 'mail.passwordFile', 'is a folder'],
    ['is empty', `databaseUrlFile: ${write('empty', '')}`, 'databaseUrlFile', 'is empty'],
    ['is no PEM file', `${smtp} caFile: ${write('der', 'DER')} }`, 'mail.caFile', 'is not a PEM file'],
    [
      'holds a damaged certificate',
      `${smtp} caFile: ${write('pem', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n')} }`,
      'mail.caFile',
      'is not a PEM file',
    ],
    [
      'is missing in a list',
      'services: [{ id: a, writer: { kind: webhook, url: https://a.example, secretFile: /nowhere/s } }]',
      'services.0.writer.secretFile',
      'does not exist',
    ],
    [
      'is missing while another setting is wrong',
      'leakedFilter: /nowhere/l\nlisten: { port: 99999 }',
      'leakedFilter',
      'does not exist',
    ],
  ])('%s: the problem names the setting', (_, yaml, path, sentence) => {
    expect(problems(yaml).find(problem => problem.path === path)?.sentence).toContain(sentence)
  })

  it.each(['SESAME_ROOT_KEY_FILE', 'DATABASE_URL_FILE'])('%s names the variable of the environment', name => {
    expect(problems('', { [name]: '/nowhere/file' })).toEqual([
      { path: name, sentence: 'names /nowhere/file, which does not exist.' },
    ])
  })

  it('cannot be read by this user: the problem says how to allow it', () => {
    const file = write('closed', 'secret')
    chmodSync(file, 0)
    // Root can read every file; `test/start.test.ts` starts the portal as another user too.
    const expected = process.getuid?.() === 0 ? [] : [expect.stringContaining('cannot read')]
    expect(problems(`${smtp} passwordFile: ${file} }`).map(({ sentence }) => sentence)).toEqual(expected)
  })

  it('cannot be reached: a file below a file', () => {
    mkdirSync(join(folder, 'in'), { recursive: true })
    const file = join(write('plain', 'x'), 'below')
    expect(problems(`${smtp} passwordFile: ${file} }`)[0]?.sentence).toContain('does not exist')
  })
})
