import { readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { configuration } from '../src/config/config.ts'
import { checkLines } from '../src/directory/check-lines.ts'
import { checkWords } from '../src/dossier/check-words.ts'
import { keyOfSetting } from '../src/dossier/french-reference.ts'
import { settingWords } from '../src/dossier/setting-words.ts'
import { typesetDocument } from '../src/french-document.ts'
import { serviceSettings } from '../src/services/settings.ts'
import { type JsonSchema, settingLines } from '../src/setting-lines.ts'
import { fr } from '../src/texts/fr/fr.ts'
import { root } from './world/root.ts'

const read = (file: string) => readFileSync(join(root, file), 'utf8')
const pagesIn = (folder: string) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith('.md'))

const english = pagesIn('docs/operate').filter(name => !name.startsWith('fr/'))
const pairs = [
  ...english.map(name => [`docs/operate/${name}`, `docs/operate/fr/${name}`] as const),
  ['SECURITY.md', 'docs/operate/fr/security.md'] as const,
]
const french = [
  ...pagesIn('docs/operate/fr').map(name => `docs/operate/fr/${name}`),
  ...pagesIn('docs/dossier').map(name => `docs/dossier/${name}`),
  ...pagesIn('docs/reference/fr').map(name => `docs/reference/fr/${name}`),
]

const fence = /^```.*?^```$/gms
const comment = /(^|\s+)# .*$/gm
const blocksOf = (text: string) => (text.match(fence) ?? []).map(block => block.replace(comment, ''))
/** Each heading with what is below it, code blocks left out. */
const sectionsOf = (text: string) => text.replace(fence, '').split(/^(?=#+ )/m)

const ordered = (found: Iterable<string>) => [...found].sort()
const sorted = (found: Iterable<string>) => ordered(new Set(found))
/** What a section says that is the same in every language. */
const factsOf = (section: string) => {
  const prose = section.replace(/`[^`]*`/g, '').replace(/\]\([^)]*\)/g, ']')
  return {
    level: /^#+/.exec(section)?.[0],
    code: ordered([...section.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code)),
    numbers: ordered(prose.replace(/(?<=\d)[,\s](?=\d{3}\b)/g, '').match(/\d+(?:\.\d+)*/g) ?? []),
    links: sorted(
      [...section.matchAll(/\]\(([^)#]+)/g)]
        .map(([, to = '']) => basename(to).toLowerCase())
        .filter(name => name !== 'readme.md'),
    ),
    tables: (section.match(/^\|.*$/gm) ?? []).map(row => row.split(/(?<!\\)\|/).length),
  }
}

/** The anchor that a forge makes of a heading. */
const anchorsOf = (text: string) =>
  [...text.replace(fence, '').matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\- _]/gu, '')
      .replaceAll(' ', '-'),
  )

describe('the documents for operators, in French beside English', () => {
  it('has a French page for each English one, and no other', () => {
    expect(french.filter(name => name.startsWith('docs/operate/')).sort()).toEqual(
      pairs.map(([, name]) => name).sort(),
    )
  })

  it.each(pairs)('%s has the same code blocks as %s, apart from their comments', (one, other) => {
    expect(blocksOf(read(other))).toEqual(blocksOf(read(one)))
  })

  it.each(pairs)(
    '%s names the same settings, figures, pages and rows as %s, section by section',
    (one, other) => {
      expect(sectionsOf(read(other)).map(factsOf)).toEqual(sectionsOf(read(one)).map(factsOf))
    },
  )

  it.each(french)('%s has French typography (npm run reference)', page => {
    expect(read(page)).toBe(typesetDocument(read(page)))
  })

  it('links to headings that exist', () => {
    const dead = [...new Set([...pairs.flat(), ...french])].flatMap(page =>
      [...read(page).matchAll(/\]\((?!https?:)([^)#]*)#([^)]+)\)/g)]
        .filter(([, to = '', anchor = '']) => {
          const target = to === '' ? page : join(dirname(page), to)
          return target.endsWith('.md') && !anchorsOf(read(target)).includes(anchor)
        })
        .map(([link]) => `${page}: ${link}`),
    )
    expect(dead).toEqual([])
  })
})

type Schema = { readonly properties?: Readonly<Record<string, Schema>>; readonly oneOf?: readonly Schema[] }
const pathsOf = ({ properties = {}, oneOf = [] }: Schema, under = ''): string[] => [
  ...Object.entries(properties).flatMap(([name, inner]) => {
    const nested = pathsOf(inner, `${under}${name}.`)
    return inner.properties ? nested : [`${under}${name}`, ...nested]
  }),
  ...oneOf.flatMap(variant => pathsOf(variant, under)),
]
/** The languages of a text are no settings of their own. */
const withoutLanguages = (paths: readonly string[]) =>
  sorted(paths.map(path => path.replace(/\.(fr|en)$/, '')))

describe('what the documents list', () => {
  it('the remedies of « sesame check » in French fill in the same values as in English, and have the same lines for the directory', () => {
    const exact = (text: string) =>
      ordered(
        text.match(
          /\{\w+\}|olc\w+: \{0\}[^;(]*?(?:break|none|unlimited)\b|(?:sudo|chmod|timedatectl|dsconf) [^;()]*/g,
        ) ?? [],
      ).map(one => one.trim())
    for (const [name, { remedy }] of Object.entries(checkLines))
      expect(exact(checkWords[name as keyof typeof checkLines][1]), name).toEqual(exact(remedy))
  })

  it('has French words for each setting, and for no other', () => {
    const used: string[] = []
    const say = (path: string) => {
      used.push(keyOfSetting(path))
      return ''
    }
    const schema = z.toJSONSchema(configuration, { io: 'input', unrepresentable: 'any' }) as JsonSchema
    settingLines(schema, { listOf: '', or: '', say })
    expect(sorted(used)).toEqual(sorted(Object.keys(settingWords)))
  })

  it('the limits in French name and count the same as in English', () => {
    const columns = (text: string) =>
      [...text.matchAll(/^\| `(\w+)` \| ([^|]+) \|/gm)].map(([, name, figure = '']) => [
        name,
        /^[\d.]+/.exec(figure)?.[0],
      ])
    const [first, other] = ['docs/reference/limits.md', 'docs/reference/fr/limits.md'].map(page =>
      columns(read(page)),
    )
    expect(other?.map(([name]) => name)).toEqual(first?.map(([name]) => name))
    expect(first?.length).toBeGreaterThan(80)
  })

  it.each(['docs/operate/services.md', 'docs/operate/fr/services.md'])(
    '%s has every setting of a service',
    page => {
      const schema = z.toJSONSchema(serviceSettings, { io: 'input', unrepresentable: 'any' }) as Schema
      const listed = [...read(page).matchAll(/^\| (`[a-z][^|]*) \|/gim)].flatMap(([, cell = '']) =>
        [...cell.matchAll(/`([A-Za-z.]+)`/g)].map(([, name = '']) => name),
      )
      expect(sorted(listed)).toEqual(withoutLanguages(pathsOf(schema)))
    },
  )

  it.each(['docs/operate/helpdesk.md', 'docs/operate/fr/helpdesk.md'])(
    '%s has every mail to the helpdesk',
    page => {
      const plain = (text: string) => text.replaceAll('’', "'").replace(/\s/g, ' ')
      const subjects = Object.entries(fr.texts)
        .filter(([key]) => /^mail\.desk-.*\.subject$/.test(key))
        .map(([, text]) => plain(text).replace(/\{\w+\}/g, '…'))
      const listed = [...plain(read(page)).matchAll(/\| « ([^»]+) » \|/g)].map(([, subject]) => subject)
      expect(subjects.length).toBeGreaterThan(4)
      expect(listed.sort()).toEqual(subjects.sort())
    },
  )

  it('names the same entries, suffix and groups as the rules for the directory', () => {
    const rules = read('docs/operate/openldap.acl')
    const named = (text: string) =>
      sorted(text.match(/cn=\w+,ou=(services|groups),dc=univ,dc=example/g) ?? [])
    for (const page of ['docs/operate/install.md', 'docs/operate/fr/install.md']) {
      expect(named(read(page)).filter(name => !rules.includes(name))).toEqual([])
      const [settings = ''] =
        read(page)
          .match(/```yaml\n(.*?)```/s)
          ?.slice(1) ?? []
      const { directory } = parse(settings)
      expect(rules).toContain(`"${directory.bindDn}"`)
      for (const group of directory.privilegedGroups) expect(rules).toContain(`memberOf=${group}`)
    }
  })
})
