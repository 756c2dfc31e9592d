import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseBirthDate } from '../src/directory/birth-date.ts'
import { checkIneKey } from '../src/directory/ine.ts'
import { foldNumber } from '../src/directory/number.ts'
import { foldActivationCode } from '../src/proofs/activation-code/activation-code.ts'
import { foldDigits } from '../src/proofs/authenticator/authenticator.ts'
import { foldHelpdeskCode } from '../src/proofs/helpdesk-code/helpdesk-code.ts'
import { foldRecoveryCode } from '../src/proofs/recovery-code/written-code.ts'
import { parseMail } from '../src/proofs/sent-code/destination.ts'
import { foldSentCode } from '../src/proofs/sent-code/digits.ts'
import { parseMobile } from '../src/proofs/sent-code/mobile.ts'
import { foldLogin } from '../src/texts/unified.ts'
import { root } from './world/root.ts'

const today = new Date('2026-11-24T10:00:00Z')
const date = (typed: string) => parseBirthDate(typed, today)

/** How the portal reads each field into which people paste a value, with values that people have. */
const fields: readonly (readonly [string, (typed: string) => unknown, readonly string[]])[] = [
  ['numero', typed => foldNumber('student-number', typed), ['22104587', '22-104-587', '22 104 587']],
  ['numero', typed => foldNumber('staff-number', typed), ['204518', '204-518']],
  ['numero', typed => foldNumber('ine', typed), ['0123456789M', '0123-456-789 M']],
  ['numero', typed => checkIneKey(typed), ['0123456789M', '0123-456-789 M']],
  ['numero', typed => foldNumber('uid', typed), ['ext-odubois', "jean-luc.o'neill"]],
  ['naissance', date, ['03/11/2004', '03-11-2004', '03 11 2004', '03112004', '2004-11-03']],
  ['identifiant', foldLogin, ['ybenali', "jean-luc.o'neill"]],
  ['helpdesk code', foldHelpdeskCode, ['ABCD-2345-EFGH', 'abcd 2345 efgh', 'ABCD2345EFGH']],
  ['code', foldSentCode, ['12345678', '1234 5678', '1234-5678']],
  ['code', foldActivationCode, ['ABCDEFGHJKMNPQRS', 'ABCD-EFGH-JKMN-PQRS', 'ABCD EFGH JKMN PQRS']],
  ['code', foldDigits, ['123456', '123 456', '123-456']],
  ['code', foldRecoveryCode, ['ABCD1234EFGH5678', 'ABCD-1234-EFGH-5678', 'ABCD 1234 EFGH 5678']],
  ['mail', parseMail, ["jean-luc.o'neill@saint-cyr.example", 'camille@maison.example']],
  ['mobile', typed => parseMobile(typed), ['06 12 34 56 78', '06-12-34-56-78', '+33 6 12 34 56 78']],
]

/** The field of the activation that takes an address or a mobile. */
const channelField = 'contact'

/** Fields that keep what was typed, that no person types, or whose text is prose. */
const readOtherwise = [
  ...['motdepasse', 'ancien', 'nouveau', 'confirmation'],
  ...['demarche', 'action', 'laquelle', 'cle', 'proposer', 'jeton', 'session', 'question', 'login'],
  ...['reponse', 'propre', 'nom'],
]

const around = (before: string, after = before) =>
  [before, (value: string) => before + value + after] as const
const between = (mark: string) => [mark, (value: string) => [...value].join(mark)] as const
const inPlaceOf = (plain: string, mark: string) =>
  [`${mark} for ${plain}`, (value: string) => value.replaceAll(plain, mark)] as const

const fullWidth = (value: string) =>
  value.replace(/[!-~]/g, character => String.fromCharCode(character.charCodeAt(0) + 0xfee0))

/** What copying from a page, a PDF file, a spreadsheet or a message adds, and what keyboards type in place of a sign. */
const noises: readonly (readonly [string, (value: string) => string])[] = [
  around('\u202A', '\u202C'),
  around('\u2066', '\u2069'),
  around('\u200E'),
  around('\u200F'),
  around('', '\u200B'),
  around('\uFEFF', ''),
  around('\uFFFC', ''),
  around('\u3164'),
  ...['\u00A0', '\u2009', '\u202F', '\u3000', '\u2800', '\u0085', '\t', '\r\n', ' '].map(space =>
    around(space),
  ),
  ...['\u200B', '\u2060', '\u00AD', '\uFE0F', '\u034F', '\u0002'].map(between),
  ...['\u2010', '\u2011', '\u2012', '\u2013', '\u2014', '\u2212', '\u2043', '\u02D7', '\uFE63', '\uFF0D'].map(
    dash => inPlaceOf('-', dash),
  ),
  ...['\u2044', '\u2215', '\u29F8', '\uFF0F'].map(slash => inPlaceOf('/', slash)),
  ...['\u2019', '\u2018', '\u02BC', '\u2032'].map(apostrophe => inPlaceOf("'", apostrophe)),
  ...['\u00A0', '\u2007', '\u202F', '\u2800'].map(space => inPlaceOf(' ', space)),
  ['full width', fullWidth],
]

const shown = (text: string) =>
  text.replace(
    /[^ -~]/gu,
    character => `U+${character.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0')} `,
  )

describe.each(fields)('the field %s', (_field, read, values) => {
  for (const value of values) {
    it.each(noises.map(([name, noise]) => [shown(name), noise] as const))(
      `reads « ${value} » through « %s »`,
      (_name, noise) => expect(read(noise(value))).toEqual(read(value)),
    )
  }
})

it('every field of every form is in this table, or has a reason not to be', () => {
  const files = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  const forms = files.filter(file => /(?<!\.test)\.tsx?$/.test(file))
  const names = forms.flatMap(file => {
    const text = readFileSync(join(root, 'src', file), 'utf8')
    return [
      ...text.matchAll(/(\w+)(?:: | = )(?:z\.string\(\)\.pipe\()?(?:optionalField|field)\(\d/g),
    ].flatMap(([, name]) => name ?? [])
  })
  const known = new Set([...fields.map(([name]) => name), channelField, ...readOtherwise])
  expect(names.length).toBeGreaterThan(30)
  expect(names.filter(name => !known.has(name) && name !== 'value')).toEqual([])
})
