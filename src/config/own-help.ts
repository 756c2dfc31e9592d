import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { readOperatorText, reasonWithLine } from '../operator-file.ts'
import { helpSlugs } from '../routes.ts'
import { locales } from '../texts/locales.ts'
import { noOwnHelp, type OwnHelp, type OwnSection, readOwnSections } from '../texts/own-sections.ts'
import { inEachLanguage, type Language, languages } from '../texts/texts.ts'
import { folderProblems } from './file-problems.ts'
import { type OverrideFault, wrong } from './override-fault.ts'
import { nearest } from './unknown-settings.ts'

const slugs: readonly string[] = Object.values(helpSlugs)

const nameOf = (slug: string, language: Language) => `${slug}.${language}.md`
const known = slugs.flatMap(slug => languages.map(language => nameOf(slug, language)))

type Read = { readonly sections: readonly OwnSection[]; readonly faults: readonly OverrideFault[] }

/** A file with a fault is left out whole: half an explanation may say the contrary of the whole. */
function readFile(file: string, language: Language): Read {
  const read = readOperatorText(file)
  const { sections, faults } = read.ok
    ? readOwnSections(read.text, language)
    : { sections: [], faults: [reasonWithLine(read.reason)] }
  return {
    sections,
    faults: faults.map(({ line, sentence }) => wrong(file, line, `${sentence} The whole file is left out.`)),
  }
}

const foreignFiles = (folder: string, names: readonly string[]): readonly OverrideFault[] =>
  names
    .filter(name => !name.startsWith('.') && !known.includes(name))
    .map(name => ({
      level: 'warning',
      file: join(folder, name),
      line: null,
      sentence: `is not read: it is named after no page of the help.${nearest(name, known) ? ` Did you mean ${nearest(name, known)}?` : ''}`,
    }))

/** Sections that one language has alone. */
const untranslated = (folder: string, names: readonly string[]): readonly OverrideFault[] =>
  slugs.flatMap(slug =>
    languages
      .filter(language => names.includes(nameOf(slug, language)))
      .flatMap(language =>
        languages
          .filter(other => !names.includes(nameOf(slug, other)))
          .map(other => ({
            level: 'warning' as const,
            file: join(folder, nameOf(slug, language)),
            line: null,
            sentence: `has no ${nameOf(slug, other)} beside it: in ${locales[other].name} the page has only the product’s sections.`,
          })),
      ),
  )

/** The sections that the institution adds to pages of the help: a file for each page and language. */
export function readOwnHelp(folder: string): {
  readonly help: OwnHelp
  readonly faults: readonly OverrideFault[]
} {
  if (!existsSync(folder)) return { help: noOwnHelp, faults: [] }
  const [problem] = folderProblems('overrides', folder)
  if (problem) return { help: noOwnHelp, faults: [wrong(folder, null, problem.sentence)] }
  const names = readdirSync(folder).sort()
  const files = inEachLanguage(language =>
    slugs
      .filter(slug => names.includes(nameOf(slug, language)))
      .map(slug => ({ slug, ...readFile(join(folder, nameOf(slug, language)), language) })),
  )
  return {
    help: inEachLanguage(language => new Map(files[language].map(({ slug, sections }) => [slug, sections]))),
    faults: [
      ...languages.flatMap(language => files[language].flatMap(({ faults }) => faults)),
      ...untranslated(folder, names),
      ...foreignFiles(folder, names),
    ],
  }
}
