import PDFDocument from 'pdfkit'
import { encode } from 'uqr'
import { locales, ownLanguage } from '../texts/locales.ts'
import { type Language, languages, type Say, type SayIn } from '../texts/texts.ts'
import { inLanguage } from '../texts/translated.ts'
import type { Branding } from '../ui/theme.ts'
import { codePointsOf, type LetterFont } from './letter-font.ts'

/** What is printed for one person. `until`: when the code expires. */
export type PrintedCode = {
  readonly name: string
  readonly code: string
  readonly until: number
  readonly language: Language
}

type PdfSender = {
  readonly font: LetterFont
  readonly branding: Branding
  readonly sayIn: SayIn
  /**
   * In the language of the person. `address`: where the person starts. The QR code opens `codeAddress` with the code after the #,
   * which is sent to no server.
   */
  readonly addressesIn: (language: Language) => { readonly address: string; readonly codeAddress: string }
}

/** A4 in points, and the margins of a French business letter. */
const sheet = { width: 595.28, height: 841.89, margin: 71 }
/** The window of the envelope (NF Z 11-001): 100 mm by 35 mm, 20 mm from the right edge and 45 mm from the upper edge. */
const addressWindow = { left: 310, top: 138, width: 228, lines: 4 }
const ink = '#1a1a1a'

type Pen = { readonly pdf: PDFKit.PDFDocument; readonly font: LetterFont; y: number }
type LinePosition = { readonly x: number; readonly y: number; readonly size: number }

const wrapped = (font: LetterFont, text: string, size: number, widest: number) => {
  const space = font.widthOf(' ', size)
  const lines: string[] = []
  let width = Number.POSITIVE_INFINITY
  for (const word of font.prepared(text).split(' ')) {
    const ofWord = font.widthOf(word, size)
    const fits = width + space + ofWord <= widest
    if (fits) lines.push(`${lines.pop()} ${word}`)
    else lines.push(word)
    width = fits ? width + space + ofWord : ofWord
  }
  return lines
}

/** Each run at its place: the library would set the words of a line from left to right whatever their script. */
const drawLine = ({ pdf, font }: Pen, line: string, { x, y, size }: LinePosition) => {
  let left = x
  pdf.fontSize(size).fillColor(ink)
  for (const run of font.runsOf(line)) {
    // With features given, empty ones too, it shapes the run as a whole.
    pdf.text(run, left, y, { lineBreak: false, baseline: 'alphabetic', features: [] })
    left += font.widthOfRun(run, size)
  }
}

const writeText = (pen: Pen, text: string, { size = 10, after = 8 } = {}) => {
  for (const line of wrapped(pen.font, text, size, sheet.width - 2 * sheet.margin)) {
    drawLine(pen, line, { x: sheet.margin, y: pen.y, size })
    pen.y += size * 1.45
  }
  pen.y += after
}

/** The lines of the name that fit into the window, in the largest size; `null`: they fit in none. */
const addressLines = (font: LetterFont, name: string) => {
  for (const size of [12, 10, 8]) {
    const lines = wrapped(font, name, size, addressWindow.width)
    const fits = lines.every(line => font.widthOf(line, size) <= addressWindow.width)
    if (fits && lines.length <= addressWindow.lines) return { lines, size }
  }
  return null
}

const writeName = (pen: Pen, name: string) => {
  const { lines = [], size = 0 } = addressLines(pen.font, name) ?? {}
  for (const [index, line] of lines.entries())
    drawLine(pen, line, { x: addressWindow.left, y: addressWindow.top + (index + 1) * size * 1.3, size })
}

const drawQr = (pen: Pen, text: string) => {
  const { data, size } = encode(text, { ecc: 'M', border: 4 })
  const side = 150 / size
  for (const [row, line] of data.entries())
    for (const [column, dark] of line.entries())
      if (dark) pen.pdf.rect(sheet.margin + column * side, pen.y + row * side, side, side)
  pen.pdf.fill('black')
  pen.y += 150 + 24
}

const date = (at: number, timeZone: string, language: Language) =>
  new Intl.DateTimeFormat(locales[language].formats, {
    dateStyle: 'long',
    timeStyle: 'short',
    timeZone,
  }).format(at)

const helpdeskLine = (say: Say, { helpdesk }: Branding, language: Language) =>
  say('letter.helpdesk', {
    hours: inLanguage(helpdesk.hours, language) ?? '',
    phone: helpdesk.phone.replaceAll(' ', '\u00a0'),
    mail: helpdesk.mail,
  })

const writePage = (pen: Pen, { name, code, until, language }: PrintedCode, sender: PdfSender) => {
  const { branding, addressesIn } = sender
  const { address, codeAddress } = addressesIn(language)
  const say = sender.sayIn(language)
  writeText(pen, branding.institution, { size: 13 })
  writeName(pen, name)
  pen.y = 235
  writeText(pen, say('letter.heading'), { size: 20, after: 14 })
  writeText(pen, say('mail.hello-nobody'))
  writeText(pen, say('letter.why'))
  pen.y += 16
  writeText(pen, code, { size: 24, after: 4 })
  writeText(pen, say('letter.open', { address }))
  writeText(pen, say('letter.type'))
  writeText(pen, say('letter.choose'), { after: 2 })
  drawQr(pen, `${codeAddress}#${code}`)
  writeText(pen, say('letter.until', { until: date(until, branding.timeZone, language) }))
  writeText(pen, helpdeskLine(say, branding, language))
}

/** Why no letter to this name can be printed right, for the operator; `null`: it can. */
export const letterRefusal = (font: LetterFont, name: string): string | null => {
  const lacking = font.unprintable(name)
  if (lacking.length > 0)
    return `no letter can print this name right (${codePointsOf(lacking)}): send the code by mail, or write it with --output alone`
  return addressLines(font, name)
    ? null
    : 'this name does not fit into the window of a letter: send the code by mail, or write it with --output alone'
}

/** The sentences of a letter that an institution may have worded otherwise, without their values. */
const sentencesOf = (say: Say) => [
  say('mail.hello-nobody'),
  ...(['letter.heading', 'letter.why', 'letter.type', 'letter.choose'] as const).map(key => say(key)),
  say('letter.open', { address: '' }),
  say('letter.until', { until: '' }),
  say('letter.helpdesk', { hours: '', phone: '', mail: '' }),
]

const refusedText = (font: LetterFont, what: string, texts: readonly string[]) => {
  const lacking = font.unprintable(texts.join(''))
  return lacking.length === 0 ? null : `no letter can print ${what} right (${codePointsOf(lacking)})`
}

/** What no letter can print right of the settings and of the institution's own sentences, with the characters concerned. */
export const unprintableSettings = ({
  font,
  branding,
  sayIn,
}: Omit<PdfSender, 'addressesIn'>): string | null => {
  const ownSentences = languages.flatMap(language => sentencesOf(sayIn(language)))
  const helpdesk = languages.map(language => helpdeskLine(sayIn(language), branding, language))
  return (
    refusedText(font, 'your sentences `letter.…` or `mail.hello-nobody`', ownSentences) ??
    refusedText(font, 'branding.institution or branding.helpdesk', [branding.institution, ...helpdesk])
  )
}

/** A PDF with one page for each code, laid out as a French business letter. It is made in memory: no other file holds the codes. */
export const createActivationPdf = async (
  all: readonly PrintedCode[],
  sender: PdfSender,
): Promise<Uint8Array> => {
  const { font, branding, sayIn } = sender
  const pdf = new PDFDocument({
    autoFirstPage: false,
    size: [sheet.width, sheet.height],
    margin: 0,
    // Only the characters that the letters use are embedded.
    font: font.bytes as unknown as string,
    lang: locales[all[0]?.language ?? ownLanguage].formats,
    displayTitle: true,
    info: {
      Title: sayIn(all[0]?.language ?? ownLanguage)('letter.document'),
      Producer: branding.product,
      Creator: branding.product,
    },
  })
  const parts: Uint8Array[] = []
  const written = new Promise<Uint8Array>((resolve, reject) => {
    pdf.on('data', (part: Uint8Array) => parts.push(part))
    pdf.on('end', () => resolve(Buffer.concat(parts)))
    pdf.on('error', reject)
  })
  for (const printed of all) {
    pdf.addPage()
    writePage({ pdf, font, y: sheet.margin + 13 }, printed, sender)
  }
  pdf.end()
  return written
}
