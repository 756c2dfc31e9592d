import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  createActivationPdf,
  letterRefusal,
  unprintableSettings,
} from '../src/helpdesk/activation-letters.ts'
import { openLetterFont } from '../src/helpdesk/letter-font.ts'
import { createSayIn, type Language, languages, noOwnTexts, sayIn, sourceText } from '../src/texts/texts.ts'
import { branding } from '../src/ui/theme.ts'
import { hasChromium, launchChromium } from './world/browser.ts'
import { differenceOf, type Picture, readPgm } from './world/pictures.ts'
import { root } from './world/root.ts'

const fontFile = join(root, 'dist', 'letters.ttf')
const font = openLetterFont(fontFile)
const until = Date.UTC(2026, 9, 1, 10)
const sender = {
  sayIn,
  font,
  branding: branding.parse({}),
  addressesIn: (language: Language) => ({
    address: `https://sesame.univ.example/${language}/activation`,
    codeAddress: `https://sesame.univ.example/${language}/activation/code`,
  }),
}

/** Names as people have them, in each script that a letter prints. */
const names = {
  'an accent of French': 'Hélène Lefèvre-Œuvrard',
  'a bar and a caron': 'Łukasz Čapek',
  'accents over accents, of Vietnamese': 'Đặng Thị Ứng',
  'the same, with each accent by itself': 'Đặng Thị Ứng'.normalize('NFD'),
  'letters that join, from right to left': 'سارة علي',
  'a ligature of letters': 'علاء صلاح',
  'letters that a sign keeps from joining': 'نرگس\u200cزاده',
  'vowel marks': 'مُحَمَّد',
  'both directions, brackets and a figure': 'سارة (Sara) علي 2',
  'a name from left to right with another': 'Sara سارة علي',
  // bpampuch/pdfmake#2592: fontkit turns such figures round.
  'figures of Arabic': 'علي ١٢٣',
  'figures of Persian': 'علی ۱۲۳',
  'signs between figures, from right to left': 'علي 2 [) 3 سارة',
  'Arabic and Latin letters in one word': 'aليb سارة',
  Hebrew: 'שרה כהן',
  Cyrillic: 'Ольга Їжак',
  Greek: 'Ελένη Παπαδάκη',
  Armenian: 'Արամ Խաչատրյան',
  Georgian: 'ნინო ჯაფარიძე',
  Turkish: 'Şükrü İnönü Yıldız',
  'an apostrophe that is curved': 'Jean-Luc O’Neill',
} as const

const allNames = Object.values(names)
const size = 12
const dotsPerInch = 216
const perPoint = dotsPerInch / 72
/** The first line of the window of the envelope, in points. */
const firstLine = { x: 300, y: 138, W: 250, H: 22 }
/** With two dots of tolerance nothing differs; without the dot below a letter, four times as much does. */
const same = 0.0015

describe.runIf(process.env.CI === 'true' || hasChromium())('a letter to a person', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sesame-letters-'))
  const run = (program: string, ...args: string[]) => execFileSync(program, args, { encoding: 'utf8' })
  let browser: Browser
  let page: Page
  const pictures = new Map<string, Picture>()
  const texts = new Map<string, string>()

  const pdfFor = async (...to: string[]) => pdfIn('fr', to)
  const pdfIn = async (language: Language, to: readonly string[]) => {
    const file = join(folder, 'letters.pdf')
    const codes = to.map(name => ({ name, code: 'ABCD-EFGH-JKMN-PQRS', until, language }))
    writeFileSync(file, await createActivationPdf(codes, sender))
    return file
  }
  const readLetters = async () => {
    const file = await pdfFor(...allNames)
    const crop = Object.entries(firstLine).flatMap(([edge, points]) => [`-${edge}`, `${points * perPoint}`])
    run('pdftoppm', '-gray', '-r', `${dotsPerInch}`, ...crop, file, join(folder, 'page'))
    const pages = readdirSync(folder).filter(name => name.endsWith('.pgm'))
    const written = run('pdftotext', '-enc', 'UTF-8', file, '-').split('\f')
    for (const [index, name] of allNames.entries()) {
      pictures.set(name, readPgm(readFileSync(join(folder, pages.sort()[index] ?? ''))))
      texts.set(name, (written[index] ?? '').replace(/[\u200E\u200F\u202A-\u202E]/g, '').normalize('NFC'))
    }
  }
  beforeAll(async () => {
    // As printed, each letter stands where its width says, not at the next dot of the screen.
    browser = await launchChromium('--font-render-hinting=none')
    page = await browser.newPage()
    const source = `url(data:font/ttf;base64,${readFileSync(fontFile).toString('base64')})`
    await page.evaluate(async url => {
      document.fonts.add(await new FontFace('Letters', url).load())
    }, source)
    await readLetters()
  })
  afterAll(async () => {
    await browser?.close()
    rmSync(folder, { recursive: true })
  })

  const printed = (name: string) => {
    const picture = pictures.get(name)
    if (!picture) throw new Error(`${name} was not printed`)
    return picture
  }
  /** The name in the same font, as a browser draws it. */
  const drawn = async (name: string): Promise<Picture> => {
    const { width, height, grey } = await page.evaluate(
      ({ text, pixels }) => {
        const canvas = document.createElement('canvas')
        canvas.width = 750
        canvas.height = 90
        const context = canvas.getContext('2d')
        if (!context) throw new Error('no canvas')
        context.fillStyle = 'white'
        context.fillRect(0, 0, canvas.width, canvas.height)
        context.fillStyle = 'black'
        context.font = `${pixels}px Letters`
        const isRightToLeft = /^[^\p{L}]*[\p{Script=Arabic}\p{Script=Hebrew}]/u.test(text)
        context.direction = isRightToLeft ? 'rtl' : 'ltr'
        context.textAlign = 'left'
        context.fillText(text, 20, 60)
        const { data } = context.getImageData(0, 0, canvas.width, canvas.height)
        return {
          width: canvas.width,
          height: canvas.height,
          grey: Array.from({ length: canvas.width * canvas.height }, (_, index) => data[index * 4] ?? 255),
        }
      },
      { text: name, pixels: size * perPoint },
    )
    return { width, height, grey: Uint8Array.from(grey) }
  }

  it.each(Object.entries(names))('with %s in its name shows the name as a browser does', async (_, name) => {
    expect(differenceOf(printed(name), await drawn(name.normalize('NFC')))).toBeLessThan(same)
  })

  it.each([
    [names['letters that join, from right to left'], [...'سارة علي'].join('\u200c')],
    [names['letters that join, from right to left'], 'علي سارة'],
    [names['accents over accents, of Vietnamese'], 'Đặng Thi Ứng'],
    [names['a bar and a caron'], 'Łukasz Capek'],
  ])('the comparison tells « %s » from « %s »', async (name, other) => {
    expect(differenceOf(printed(name), await drawn(other))).toBeGreaterThan(2 * same)
  })

  /** Poppler turns the letters of a ligature round, and the marks of a letter: it is no test of these. */
  const { 'a ligature of letters': _ligature, 'vowel marks': _marks, ...readable } = names
  it.each(Object.entries(readable))('with %s in its name gives the name back as text', (_, name) => {
    const words = name.normalize('NFC').replace('\u200c', '').replace(/[()[]/g, '').split(' ')
    for (const word of words) expect(texts.get(name)).toContain(word)
  })

  it('holds its code, in one page, and a part of the font alone', async () => {
    const file = await pdfFor('Inès Moreau')
    const text = run('pdftotext', file, '-').replace(/\s+/g, ' ')
    expect(text).toContain('ABCD-EFGH-JKMN-PQRS')
    expect(text).toContain('Ce code sert une seule fois, jusqu’au 1 octobre 2026')
    expect(run('pdfinfo', file)).toMatch(/Pages: +1\n/)
    const fonts = run('pdffonts', file).trim().split('\n').slice(2)
    expect(fonts).toHaveLength(1)
    expect(fonts[0]).toMatch(/\+DejaVuSans +CID TrueType +Identity-H +yes yes yes/)
    expect(readFileSync(file).length).toBeLessThan(40_000)
  })

  it.each(languages)(
    'is in the language %s of the person, with the addresses of that language',
    async language => {
      const text = run('pdftotext', await pdfIn(language, ['Inès Moreau']), '-').replace(/\s+/g, ' ')
      const say = sayIn(language)
      for (const key of ['letter.heading', 'letter.why', 'letter.type', 'letter.choose'] as const)
        expect(text).toContain(say(key).replace(/\s+/g, ' '))
      expect(text).toContain(`https://sesame.univ.example/${language}/activation`)
      expect(text).toContain({ fr: '1 octobre 2026', en: '1 October 2026' }[language])
    },
  )

  it('breaks a long name within the window of the envelope, above the text', async () => {
    const name = 'Marie-Antoinette Joséphine Jeanne de Habsbourg-Lorraine Duchesse de Bourgogne-Franche-Comté'
    const boxes = run('pdftotext', '-bbox', await pdfFor(name), '-')
    const box = /xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">([^<]+)</g
    const inWindow = [...boxes.matchAll(box)].filter(
      ([, left, top, right, bottom]) =>
        Number(left) >= 309 && Number(right) <= 539 && Number(top) > 128 && Number(bottom) < 227,
    )
    expect(inWindow.map(([, , , , , word]) => word).join(' ')).toBe(name)
  })
})

describe('a name that no letter can print right', () => {
  it.each([
    ['张伟', 'U+5F20 U+4F1F'],
    ['Léa 😀', 'U+1F600'],
    ['Léa ☺', 'U+263A'],
    ['अनिल', 'U+0905'],
    ['김민준', 'U+AE40'],
    ['สมชาย', 'U+0E2A'],
    ['Le\u0001a', 'U+0001'],
    ['Léa \uFFFD', 'U+FFFD'],
    ['Léa \uE000', 'U+E000'],
  ])('« %s » is refused with its characters', (name, characters) => {
    expect(letterRefusal(font, name)).toContain(characters)
  })

  it('is one that does not fit into the window either', () => {
    expect(letterRefusal(font, 'W'.repeat(60))).toContain('does not fit')
    expect(letterRefusal(font, 'Léa '.repeat(200))).toContain('does not fit')
  })

  it.each(allNames)('« %s » is none', name => expect(letterRefusal(font, name)).toBe(null))

  it('nor are marks of direction, which are drawn as nothing', () => {
    expect(letterRefusal(font, '\u202bسارة علي\u202c')).toBe(null)
  })
})

it('the settings that every letter prints are told where they cannot be printed', () => {
  const { branding: own } = sender
  expect(unprintableSettings({ font, branding: own, sayIn })).toBe(null)
  expect(unprintableSettings({ font, branding: { ...own, institution: '大学' }, sayIn })).toContain(
    'branding.institution',
  )
})

it.each(['letter.why', 'letter.until', 'mail.hello-nobody'] as const)('so is the own sentence %s', key => {
  const text = `${sourceText(key, 'en')} 🎓`
  const own = { ...noOwnTexts, en: new Map([[key, text]]) }
  const { branding: given } = sender
  expect(unprintableSettings({ font, branding: given, sayIn: createSayIn(own) })).toBe(
    'no letter can print your sentences `letter.…` or `mail.hello-nobody` right (U+1F393)',
  )
})
