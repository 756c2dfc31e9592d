import { readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { isMap, isScalar, LineCounter, type Pair, parseDocument } from 'yaml'
import { readOperatorText, reasonWithLine } from '../operator-file.ts'
import { locales } from '../texts/locales.ts'
import { noOwnHelp, type OwnHelp } from '../texts/own-sections.ts'
import { ownTextFault } from '../texts/own-text.ts'
import {
  inEachLanguage,
  isTextKey,
  type Language,
  languages,
  noOwnTexts,
  type OwnTexts,
  type TextKey,
  textKeys,
} from '../texts/texts.ts'
import type { Branding } from '../ui/theme.ts'
import { usableBranding } from '../ui/usable-branding.ts'
import type { Configuration } from './config.ts'
import { fileFaultOf, folderProblems } from './file-problems.ts'
import { type OverrideFault, wrong } from './override-fault.ts'
import { readOwnHelp } from './own-help.ts'
import { yamlFault } from './read-yaml.ts'
import { nearest } from './unknown-settings.ts'

export type Overrides = {
  readonly texts: OwnTexts
  /** Sections that the institution adds to pages of the help. */
  readonly help: OwnHelp
  readonly faults: readonly OverrideFault[]
}

/** One sentence of a file: valid, or with its fault. */
type Entry = {
  readonly key: string
  readonly line: number
  readonly text: string | null
  readonly fault: string | null
}

type TextFile = { readonly entries: readonly Entry[]; readonly faults: readonly OverrideFault[] }

const unknownKey = (key: string) => {
  const near = nearest(key, textKeys)
  return `is no key of a sentence. ${near ? `Did you mean \`${near}\`?` : '`sesame texts` prints all of them.'}`
}

function faultOf(key: string, value: unknown, language: Language): string | null {
  if (!isTextKey(key) && isMap(value))
    return `is a section: a key is written whole, with its dots, as in \`${key}.…: "sentence"\`.`
  if (!isTextKey(key)) return unknownKey(key)
  if (value === null) return 'is empty: write a sentence, or take the line out.'
  if (typeof value !== 'string') return 'must be one sentence, between quotes.'
  return ownTextFault(key, language, value)
}

/** A block of YAML ends with a line break that nobody means. */
const valueIn = ({ value }: Pair) => {
  const read = isScalar(value) ? value.value : value
  return typeof read === 'string' ? read.replace(/\n$/, '') : read
}

function entriesOf(items: readonly Pair[], language: Language, lines: LineCounter): readonly Entry[] {
  const seen = new Map<string, number>()
  return items.map(item => {
    const key = isScalar(item.key) ? String(item.key.value) : ''
    const offset = isScalar(item.key) ? (item.key.range?.[0] ?? 0) : 0
    const { line } = lines.linePos(offset)
    const before = seen.get(key)
    seen.set(key, line)
    const value = valueIn(item)
    const fault = before === undefined ? faultOf(key, value, language) : `is given on line ${before} already.`
    return { key, line, fault, text: fault === null ? String(value) : null }
  })
}

/** A file that cannot be parsed gives no sentence: after the first fault of YAML nothing is sure. */
function readTextFile(file: string, language: Language): TextFile {
  const read = readOperatorText(file)
  if (!read.ok) {
    const { line, sentence } = reasonWithLine(read.reason)
    return { entries: [], faults: [wrong(file, line, sentence)] }
  }
  const lines = new LineCounter()
  const document = parseDocument(read.text, { lineCounter: lines, uniqueKeys: false })
  const [fault] = document.errors
  if (fault) {
    const { line, sentence } = yamlFault(fault)
    return { entries: [], faults: [wrong(file, line, `${sentence} The whole file is left out.`)] }
  }
  const { contents } = document
  if (contents === null) return { entries: [], faults: [] }
  if (!isMap(contents))
    return {
      entries: [],
      faults: [wrong(file, 1, 'holds no sentences: each has a line of its own, `key: "sentence"`.')],
    }
  const entries = entriesOf(contents.items as readonly Pair[], language, lines)
  return {
    entries,
    faults: entries.flatMap(({ key, line, fault: of }) =>
      of === null ? [] : [wrong(file, line, `\`${key}\` ${of} The product’s sentence is used.`)],
    ),
  }
}

const nameOfTexts = (language: Language) => `texts.${language}.yaml`
const nameOfCharter = (language: Language) => `charter.${language}.md`
const pageLogos = ['logo.svg', 'logo.webp', 'logo.png', 'logo.jpg']
const mailLogos = ['logo.png', 'logo.jpg']

const helpFolder = 'help'

const namesIn = (folder: string) => readdirSync(folder).sort()

const isSection = (value: unknown) =>
  value === undefined || (typeof value === 'object' && value !== null && !Array.isArray(value))

/** Why a logo of the folder cannot be used: no setting names it, so it does not keep the portal from starting. */
function logoFault(folder: string, name: string): string | null {
  if (!pageLogos.includes(name)) return null
  const fault = fileFaultOf('branding.logoFile', join(folder, name))
  return fault === null ? null : fault.replace(/^names .*?, which /, '')
}

/** The files of the folder by the settings that name such files; a setting that is given names its own. */
function filesOf(folder: string) {
  const names = namesIn(folder)
  const firstOf = (candidates: readonly string[]) => candidates.find(name => names.includes(name))
  const usable = names.filter(name => logoFault(folder, name) === null)
  const logoOf = (candidates: readonly string[]) => candidates.find(name => usable.includes(name))
  const inFolder = (setting: string, name: string | undefined) =>
    name === undefined ? {} : { [setting]: join(folder, name) }
  return {
    branding: {
      ...inFolder('logoFile', logoOf(pageLogos)),
      ...inFolder('mailLogoFile', logoOf(mailLogos)),
    },
    charter: Object.assign(
      {},
      ...languages.map(language => inFolder(language, firstOf([nameOfCharter(language)]))),
    ) as Readonly<Record<string, string>>,
  }
}

/** Settings with the logo and the charter of the folder of `overrides`, which need no setting of their own. */
export function withFolderFiles(value: Record<string, unknown>): Record<string, unknown> {
  const { overrides, branding, charter } = value
  // Anything else is left to the schema, which refuses it, and so is a folder that cannot be listed.
  if (typeof overrides !== 'string' || !isSection(branding) || !isSection(charter)) return value
  if (folderProblems('overrides', overrides).length > 0) return value
  const files = filesOf(overrides)
  return {
    ...value,
    branding: { ...files.branding, ...(branding as object | undefined) },
    charter: { ...files.charter, ...(charter as object | undefined) },
  }
}

const readable = [helpFolder, ...languages.map(nameOfTexts), ...languages.map(nameOfCharter), ...pageLogos]

/** Files that are not read. A dot begins what editors and copies leave. `named`: by a setting. */
const foreignFiles = (folder: string, named: readonly string[]): readonly OverrideFault[] => {
  const read = named.map(file => resolve(file))
  return namesIn(folder)
    .filter(name => !name.startsWith('.') && name !== helpFolder)
    .filter(name => !languages.some(language => name === nameOfTexts(language)))
    .filter(name => !read.includes(resolve(folder, name)))
    .map((name): OverrideFault => {
      const fault = logoFault(folder, name)
      if (fault !== null) {
        const sentence = `is a logo which ${fault} The product’s drawing is used.`
        return { level: 'wrong', file: join(folder, name), line: null, sentence }
      }
      const near = readable.includes(name) ? undefined : nearest(name, readable)
      const why = readable.includes(name) ? ': a setting names another file, or a better one is there' : ''
      return {
        level: 'warning',
        file: join(folder, name),
        line: null,
        sentence: `is not read${why}.${near ? ` Did you mean ${near}?` : ''}`,
      }
    })
}

/** Sentences that are reworded in one language only: people who read another get the product's. */
function untranslated(folder: string, files: Readonly<Record<Language, TextFile>>): readonly OverrideFault[] {
  const given = inEachLanguage(language => new Set(files[language].entries.map(({ key }) => key)))
  return languages.flatMap(language =>
    files[language].entries.flatMap(({ key, line, text }) =>
      languages
        .filter(other => text !== null && !given[other].has(key))
        .map(other => ({
          level: 'warning' as const,
          file: join(folder, nameOfTexts(language)),
          line,
          sentence: `\`${key}\` is not in ${nameOfTexts(other)}: in ${locales[other].name} the product’s sentence is used.`,
        })),
    ),
  )
}

const textsOf = (files: Readonly<Record<Language, TextFile>>): OwnTexts =>
  inEachLanguage(
    language =>
      new Map(
        files[language].entries.flatMap(({ key, text }) =>
          text === null ? [] : [[key as TextKey, text] as const],
        ),
      ),
  )

function readTexts(folder: string): Pick<Overrides, 'texts' | 'faults'> {
  const names = namesIn(folder)
  const files = inEachLanguage(language =>
    names.includes(nameOfTexts(language))
      ? readTextFile(join(folder, nameOfTexts(language)), language)
      : { entries: [], faults: [] },
  )
  return {
    texts: textsOf(files),
    faults: [...languages.flatMap(language => files[language].faults), ...untranslated(folder, files)],
  }
}

/** The given branding as it is shown, with its faults at their lines. */
function readBranding(given: Branding, { file, lineOf }: Source) {
  const { branding, faults } = usableBranding(given)
  return {
    branding,
    faults: faults.map(fault => ({
      level: 'wrong' as const,
      file: fault.file ?? file ?? 'sesame.yaml',
      line: fault.file ? fault.line : (lineOf(fault.setting) ?? lineOf('branding.primary')),
      sentence: fault.sentence,
    })),
  }
}

/** The configuration file, and the line of each of its settings. */
type Source = { readonly file: string | null; readonly lineOf: (path: string) => number | null }

/** The institution's own words and look, read once when the settings are loaded. Their folder can be listed. */
export function readOverrides(config: Configuration, source: Source): Overrides & { branding: Branding } {
  const { overrides: folder, charter } = config
  const { branding, faults } = readBranding(config.branding, source)
  if (folder === undefined) return { texts: noOwnTexts, help: noOwnHelp, branding, faults }
  const { logoFile, mailLogoFile } = config.branding
  const read = readTexts(folder)
  const help = readOwnHelp(join(folder, helpFolder))
  return {
    branding,
    texts: read.texts,
    help: help.help,
    faults: [
      ...read.faults,
      ...help.faults,
      ...faults,
      ...foreignFiles(
        folder,
        [logoFile, mailLogoFile, ...Object.values(charter)].filter(file => file !== undefined),
      ),
    ],
  }
}
