import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { readCharter } from '../src/charter.ts'
import { readEnvironment } from '../src/config/environment.ts'
import { loadSettings } from '../src/config/load.ts'
import { readTable } from '../src/csv.ts'
import { root } from './world/root.ts'

const folder = mkdtempSync(join(tmpdir(), 'sesame-operator-files-'))
afterAll(() => rmSync(folder, { recursive: true }))
let made = 0
const fileOf = (content: string | Buffer, name = 'file') => {
  made += 1
  const file = join(folder, `${made}-${name}`)
  writeFileSync(file, content, { mode: 0o600 })
  return file
}
const load = (yaml: string | Buffer) =>
  loadSettings(readEnvironment({ SESAME_CONFIG: fileOf(yaml, 'sesame.yaml') }))
/** What is said about a configuration, or that it is accepted. */
const said = (yaml: string | Buffer) => {
  const loaded = load(yaml)
  return loaded.ok
    ? 'accepted'
    : loaded.problems.map(({ path, sentence }) => `${path}: ${sentence}`).join('\n')
}
const smtp = 'mail: { kind: smtp, host: mail.univ.example, from: a@b.c, user: sesame, passwordFile:'

/** Each kind of file that an operator makes, with a content whose second line has an accent, and what the portal says to it. */
const readers: Readonly<Record<string, readonly [content: string, said: (content: Buffer) => string]>> = {
  'a list of people': [
    'login,question,answer\nrené,pet,été\n',
    content => {
      const table = readTable(fileOf(content, 'list.csv'))
      return table.ok ? 'accepted' : table.reason
    },
  ],
  'the configuration': ['# Université\nbranding: { institution: Université }\n', said],
  'the charter': ['# Règlement\n\nRègles', content => said(`charter: { fr: ${fileOf(content)} }`)],
  'a password': ['clé\nété', content => said(`${smtp} ${fileOf(content)} }`)],
  'the secret of a service': [
    'clé\nété',
    content =>
      said(
        `services: [{ id: a, name: { fr: a, en: a }, use: { fr: a, en: a }, writer: { kind: webhook, url: https://a.example, secretFile: ${fileOf(content)} } }]`,
      ),
  ],
  'the token of the gateway': [
    'clé\nété',
    content => said(`sms: { kind: http, url: https://a.example, tokenFile: ${fileOf(content)} }`),
  ],
  'the address of the database': ['# é\né', content => said(`databaseUrlFile: ${fileOf(content)}`)],
}

/** The same text as programs save it. */
const encodings: Readonly<Record<string, readonly [(text: string) => Buffer, expected: RegExp]>> = {
  'UTF-8': [text => Buffer.from(text), /^accepted$/],
  'UTF-8 with a byte order mark': [text => Buffer.from(`\uFEFF${text}`), /^accepted$/],
  'Windows-1252': [text => Buffer.from(text, 'latin1'), /line [12] is not in UTF-8: .*iconv -f WINDOWS-1252/],
  'Windows-1252 from its second line on': [
    text => Buffer.concat([Buffer.from('# a\n'), Buffer.from(text, 'latin1')]),
    /line [23] is not in UTF-8: .*iconv -f WINDOWS-1252/,
  ],
  'UTF-16': [text => Buffer.from(`\uFEFF${text}`, 'utf16le'), /is in UTF-16: .*iconv -f UTF-16/],
  'UTF-16 without a mark': [text => Buffer.from(text.replace(/[^ -~\n]/g, 'e'), 'utf16le'), /line 1 .*UTF-8/],
  // workadventure/workadventure#1786
  'UTF-8 twice': [
    text => Buffer.from(Buffer.from(`# a\n${text}`).toString('latin1')),
    /line [23] holds letters such as « Ã© »/,
  ],
  'a conversion that lost a letter': [
    text => Buffer.from(`# a\n${text.replace('é', '\uFFFD').replace('è', '\uFFFD')}`),
    /line [23] holds « \uFFFD »/,
  ],
}

describe.each(Object.entries(readers))('%s', (_, [content, answer]) => {
  it.each(Object.entries(encodings))('saved in %s', (_name, [save, expected]) => {
    expect(answer(save(content))).toMatch(expected)
  })
})

it('a byte order mark is part of no charter and of no table', () => {
  const loaded = load(`charter: { fr: ${fileOf('\uFEFF# Règlement\n\nRègles')} }`)
  expect(loaded.ok && readCharter(loaded.settings).paragraphs.fr[0]).toEqual({
    heading: true,
    text: 'Règlement',
  })
  expect(readTable(fileOf('\uFEFFrené,a\n'))).toEqual({
    ok: true,
    records: [{ line: 1, cells: ['rené', 'a'] }],
  })
})

/** Texts that no operator writes: of the build, of the system, of the portal itself. */
const otherTexts = [
  ...['ui/ui.ts', 'store/migrate.ts', 'help/pictures.ts'],
  ...['data-folder.ts', 'services/source/lease-holder.ts'],
  // The documents of the dossier, of which `npm run reference` writes the lists.
  'dossier/documents.ts',
  'commands/backup.ts',
]

it('every text that an operator writes is read in one place', () => {
  const inOtherPlaces = globSync('**/*.{ts,tsx}', { cwd: join(root, 'src') })
    .filter(file => !file.includes('.test.'))
    .filter(file => /readFile.*utf-?8/.test(readFileSync(join(root, 'src', file), 'utf8')))
  expect(inOtherPlaces.sort()).toEqual([...otherTexts].sort())
})
