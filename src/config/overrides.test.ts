import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { readCharter } from '../charter.ts'
import { checkOverrides } from './check-overrides.ts'
import { readEnvironment } from './environment.ts'
import { loadSettings } from './load.ts'

const root = mkdtempSync(join(tmpdir(), 'sesame-overrides-'))
afterAll(() => rmSync(root, { recursive: true }))
let made = 0

type Files = Readonly<Record<string, string | Buffer>>

/** A folder of overrides with these files. */
const folderOf = (files: Files) => {
  made += 1
  const folder = join(root, `folder-${made}`)
  mkdirSync(folder)
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), content)
  }
  return folder
}
const load = (folder: string) => {
  const config = join(root, 'sesame.yaml')
  writeFileSync(config, JSON.stringify({ overrides: folder }), { mode: 0o600 })
  return loadSettings(readEnvironment({ SESAME_CONFIG: config }))
}
const settingsOf = (folder: string) => {
  const loaded = load(folder)
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems))
  return loaded.settings
}
/** The lines of `sesame check` about these files, without the name of their folder. */
const found = (files: Files) => {
  const folder = folderOf(files)
  return checkOverrides(settingsOf(folder)).map(
    ({ level, what, detail }) => `${level} ${what.replace(`${folder}/`, '')}: ${detail}`,
  )
}
const none = 'good overrides: Your own sentences in use: 0 in Français, 0 in English.'
const kept = 'The product’s sentence is used.'

describe('sesame check on own sentences', () => {
  it('counts them where nothing is wrong', () => {
    const sentences = 'home.lead: "Bienvenue !"\n"mail.hello": \'Chère ou cher {name},\'\n'
    expect(found({ 'texts.fr.yaml': sentences, 'texts.en.yaml': sentences })).toEqual([
      'good overrides: Your own sentences in use: 2 in Français, 2 in English.',
    ])
  })

  it('says nothing without a folder', () => {
    const loaded = loadSettings(readEnvironment({}))
    expect(loaded.ok && checkOverrides(loaded.settings)).toEqual([])
  })

  it.each<[what: string, yaml: string | Buffer, finding: string]>([
    [
      'a key that is misspelt',
      '# a comment\n\nhome.laed: "Bienvenue"\n',
      `wrong overrides texts.fr.yaml:3: \`home.laed\` is no key of a sentence. Did you mean \`home.lead\`? ${kept}`,
    ],
    [
      'a key of nothing',
      'elephants-and-castles: "Bienvenue"\n',
      `wrong overrides texts.fr.yaml:1: \`elephants-and-castles\` is no key of a sentence. \`sesame texts\` prints all of them. ${kept}`,
    ],
    [
      'a placeholder that is misspelt',
      '"answer-wrong": "Encore {letf} essais."\n',
      `wrong overrides texts.fr.yaml:1: \`answer-wrong\` has {letf}, which nothing fills in: there is {left}. ${kept}`,
    ],
    [
      'a number in place of a sentence',
      'home.lead: 3\n',
      `wrong overrides texts.fr.yaml:1: \`home.lead\` must be one sentence, between quotes. ${kept}`,
    ],
    [
      'a section in place of a key with dots',
      'home:\n  lead: "Bienvenue"\n',
      `wrong overrides texts.fr.yaml:1: \`home\` is a section: a key is written whole, with its dots, as in \`home.…: "sentence"\`. ${kept}`,
    ],
    [
      'a list in place of a sentence',
      'nav.menu: "Menu"\nhome.lead: [a, b]\n',
      `wrong overrides texts.fr.yaml:2: \`home.lead\` must be one sentence, between quotes. ${kept}`,
    ],
    [
      'nothing in place of a sentence',
      'home.lead:\n',
      `wrong overrides texts.fr.yaml:1: \`home.lead\` is empty: write a sentence, or take the line out. ${kept}`,
    ],
    [
      'a key that is given twice',
      'home.lead: "Un"\nnav.menu: "Menu"\nhome.lead: "Deux"\n',
      `wrong overrides texts.fr.yaml:3: \`home.lead\` is given on line 1 already. ${kept}`,
    ],
    [
      'a tag',
      'home.lead: "Lisez <a href=x>ceci</a>"\n',
      `wrong overrides texts.fr.yaml:1: \`home.lead\` holds « <a href=x> »: a sentence is text, without tags and entities. ${kept}`,
    ],
    [
      'a sentence without quotes, with a colon',
      'nav.menu: "Menu"\nhome.lead: Attention : lisez\n',
      'wrong overrides texts.fr.yaml:2: Nested mappings are not allowed in compact mappings. Perhaps a value there needs quotes, as every value with : # @ % { or [ does. The whole file is left out.',
    ],
    [
      'a quote that is not closed',
      'nav.menu: "Menu"\nhome.lead: "Bienvenue\n',
      'wrong overrides texts.fr.yaml:3: Missing closing "quote. Perhaps a value there needs quotes, as every value with : # @ % { or [ does. The whole file is left out.',
    ],
    [
      'a list in place of keys',
      '- home.lead\n',
      'wrong overrides texts.fr.yaml:1: holds no sentences: each has a line of its own, `key: "sentence"`.',
    ],
    [
      'another encoding',
      Buffer.from('nav.menu: "Menu"\nhome.lead: "Prêt"\n', 'latin1'),
      'wrong overrides texts.fr.yaml:2: is not in UTF-8: save the file as UTF-8 (in Excel: « CSV UTF-8 »; from Windows: iconv -f WINDOWS-1252 -t UTF-8).',
    ],
    [
      'UTF-16',
      Buffer.from('\uFEFFhome.lead: "a"\n', 'utf16le'),
      'wrong overrides texts.fr.yaml: is in UTF-16: save it as UTF-8 (iconv -f UTF-16 -t UTF-8).',
    ],
  ])('names the file and the line of %s', (_, yaml, finding) => {
    expect(found({ 'texts.fr.yaml': yaml })).toContain(finding)
  })

  it.each<[what: string, files: Files, findings: readonly string[]]>([
    [
      'a sentence that one language has alone',
      { 'texts.fr.yaml': 'nav.menu: "Sommaire"\n', 'texts.en.yaml': 'home.lead: "Welcome"\n' },
      [
        'warning overrides texts.fr.yaml:1: `nav.menu` is not in texts.en.yaml: in English the product’s sentence is used.',
        'warning overrides texts.en.yaml:1: `home.lead` is not in texts.fr.yaml: in Français the product’s sentence is used.',
        'good overrides: Your own sentences in use: 1 in Français, 1 in English.',
      ],
    ],
    [
      'files that it does not read',
      { 'text.fr.yml': '', 'texts.de.yaml': '', notes: '', '.texts.fr.yaml.swp': '' },
      [
        'warning overrides notes: is not read.',
        'warning overrides text.fr.yml: is not read. Did you mean texts.fr.yaml?',
        'warning overrides texts.de.yaml: is not read. Did you mean texts.fr.yaml?',
        none,
      ],
    ],
    [
      'a logo and a charter that no setting needs, and what is not read beside them',
      {
        'logo.svg': '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"/>',
        'logo.webp': 'RIFF',
        'charter.fr.md': '# Règles',
        'charter.en.md': '# Rules',
        'chartre.fr.md': '',
      },
      [
        'warning overrides chartre.fr.md: is not read. Did you mean charter.fr.md?',
        'warning overrides logo.webp: is not read: a setting names another file, or a better one is there.',
        none,
      ],
    ],
    [
      'a logo that cannot be read, which no setting names: it keeps no portal from starting',
      { 'logo.svg': '' },
      ['wrong overrides logo.svg: is a logo which is empty. The product’s drawing is used.', none],
    ],
    [
      'a logo that cannot be shown',
      {
        'logo.svg': '<svg xmlns="http://www.w3.org/2000/svg"\n viewBox="0 0 9 9">\n<script/></svg>',
        'logo.png': 'GIF89a',
      },
      [
        'wrong overrides logo.svg:3: holds <script>: a logo is a drawing that does nothing. The product’s drawing is used.',
        'wrong overrides logo.png: is no whole PNG picture. Mails show no logo.',
        none,
      ],
    ],
    [
      'sections of the help that cannot be shown',
      {
        'help/mot-de-passe.fr.md': '# Le wifi\n\n<b>Branchez</b>\n',
        'help/mot-de-passe.en.md': 'Wifi\n',
        'help/identifiant.fr.md': '# Ici\n',
        'help/mot-de-pase.fr.md': '# Ici\n',
      },
      [
        'wrong overrides help/mot-de-passe.fr.md:3: holds « <b> »: a sentence is text, without tags and entities. The whole file is left out.',
        'wrong overrides help/mot-de-passe.en.md:1: comes before the first heading: a section begins with « # ». The whole file is left out.',
        'warning overrides help/identifiant.fr.md: has no identifiant.en.md beside it: in English the page has only the product’s sections.',
        'warning overrides help/mot-de-pase.fr.md: is not read: it is named after no page of the help. Did you mean mot-de-passe.fr.md?',
        none,
      ],
    ],
    ['nothing about an empty file', { 'texts.fr.yaml': '# later\n', 'texts.en.yaml': '' }, [none]],
  ])('says %s', (_, files, findings) => {
    expect(found(files)).toEqual(findings)
  })

  it('has the charter of the folder, unless a setting names another', () => {
    const folder = folderOf({ 'charter.fr.md': '# Règles', 'charter.en.md': '# Rules', other: '# Others' })
    const { charter } = settingsOf(folder).config
    expect([charter.fr, charter.en]).toEqual([join(folder, 'charter.fr.md'), join(folder, 'charter.en.md')])
    const texts = readCharter(settingsOf(folder))
    expect(texts.demonstration).toBe(false)
    expect(texts.paragraphs.fr).toEqual([{ heading: true, text: 'Règles' }])
    writeFileSync(
      join(root, 'sesame.yaml'),
      JSON.stringify({ overrides: folder, charter: { fr: join(folder, 'other') } }),
    )
    const loaded = loadSettings(readEnvironment({ SESAME_CONFIG: join(root, 'sesame.yaml') }))
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems))
    expect(readCharter(loaded.settings).paragraphs.fr).toEqual([{ heading: true, text: 'Others' }])
    expect(loaded.settings.overrides.faults.map(({ file }) => file)).toEqual([join(folder, 'charter.fr.md')])
  })

  it('keeps every other sentence where one is broken', () => {
    const { overrides } = settingsOf(
      folderOf({ 'texts.fr.yaml': 'home.lead: "Bienvenue"\nanswer-wrong: "Non"\nnav.menu: "Sommaire"\n' }),
    )
    expect([...overrides.texts.fr.keys()]).toEqual(['home.lead', 'nav.menu'])
  })
})

describe('sesame check on the two colours', () => {
  const file = join(root, 'colours.yaml')
  const findings = (yaml: string) => {
    writeFileSync(file, yaml, { mode: 0o600 })
    const loaded = loadSettings(readEnvironment({ SESAME_CONFIG: file }))
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems))
    return { accent: loaded.settings.config.branding.accent, found: checkOverrides(loaded.settings) }
  }
  const sentence =
    '`branding.accent` #f0b63c has a contrast of 1.52:1 on `branding.primary` #ffee00, and the icon needs 3:1 (WCAG 1.4.11). The nearest colour that has it, #a9802a, is used.'

  it.each([
    ['the accent', "# colours\nbranding:\n  primary: '#ffee00'\n  accent: '#f0b63c'\n", 4],
    ['the primary colour, where the accent is the product’s', "branding: {\n  primary: '#ffee00' }\n", 2],
  ])('names the file and the line of %s, and the nearest colour, which is used', (_, yaml, line) => {
    expect(findings(yaml)).toEqual({
      accent: '#a9802a',
      found: [{ level: 'wrong', what: `overrides ${file}:${line}`, detail: sentence }],
    })
  })

  it('says nothing of colours that suffice', () => {
    expect(findings("branding: { primary: '#003b71', accent: '#ffb81c' }").found).toEqual([])
  })
})

describe('the setting of the folder', () => {
  const problems = (folder: string) => {
    const loaded = load(folder)
    return loaded.ok ? [] : loaded.problems
  }

  it.each<[what: string, folder: () => string, sentence: RegExp]>([
    ['nothing', () => join(root, 'nowhere'), /^names .*nowhere, which does not exist\.$/],
    [
      'a file',
      () => join(folderOf({ notes: 'a' }), 'notes'),
      /^names .*notes, which is a file: name its folder\.$/,
    ],
  ])('is refused where it names %s', (_, folder, sentence) => {
    expect(problems(folder())).toEqual([{ path: 'overrides', sentence: expect.stringMatching(sentence) }])
  })

  it('is refused where the portal may not list it, unless root reads everything', () => {
    const folder = folderOf({})
    chmodSync(folder, 0o000)
    const refused = problems(folder)
    chmodSync(folder, 0o755)
    if (process.getuid?.() === 0) expect(refused).toEqual([])
    else expect(refused[0]?.sentence).toContain('cannot read')
  })
})
