import PDFDocument from 'pdfkit'
import { encode } from 'uqr'
import { locales, ownLanguage } from '../texts/locales.ts'
import { inLanguage } from '../texts/translated.ts'
import type { Branding } from '../ui/theme.ts'
import { codePointsOf, type LetterFont } from './letter-font.ts'

/** What is printed for one person. `until`: when the code expires. */
export type PrintedCode = { readonly name: string; readonly code: string; readonly until: number }

type PdfSender = {
  readonly font: LetterFont
  readonly branding: Branding
  /** `address`: where the person starts. The QR code opens `codeAddress` with the code after the #, which is sent to no server. */
  readonly address: string
  readonly codeAddress: string
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
  const typeset = locales[ownLanguage].typeset(text)
  for (const line of wrapped(pen.font, typeset, size, sheet.width - 2 * sheet.margin)) {
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

const date = (at: number, timeZone: string) =>
  new Intl.DateTimeFormat(locales[ownLanguage].formats, {
    dateStyle: 'long',
    timeStyle: 'short',
    timeZone,
  }).format(at)

const helpdeskLine = ({ helpdesk }: Branding) => {
  const phone = helpdesk.phone.replaceAll(' ', '\u00a0')
  return `Une question ? L'assistance vous répond ${inLanguage(helpdesk.hours, ownLanguage) ?? ''} : ${phone} ou ${helpdesk.mail}.`
}

const writePage = (pen: Pen, { name, code, until }: PrintedCode, sender: PdfSender) => {
  const { branding, address, codeAddress } = sender
  writeText(pen, branding.institution, { size: 13 })
  writeName(pen, name)
  pen.y = 235
  writeText(pen, 'Activez votre compte', { size: 20, after: 14 })
  writeText(pen, 'Bonjour,')
  writeText(
    pen,
    `Votre compte informatique vous attend. Il ouvre l'ENT, le Wi-Fi eduroam, la téléphonie et l'impression. Pour l'activer, il vous faut 5 minutes, votre numéro (étudiant, INE, personnel ou UID), votre date de naissance et ce code :`,
  )
  pen.y += 16
  writeText(pen, code, { size: 24, after: 4 })
  writeText(pen, `1. Ouvrez ${address}, ou visez ce dessin avec votre téléphone.`)
  writeText(pen, '2. Saisissez votre numéro, votre date de naissance, puis le code.')
  writeText(pen, '3. Choisissez votre mot de passe.', { after: 2 })
  drawQr(pen, `${codeAddress}#${code}`)
  writeText(
    pen,
    `Ce code sert une seule fois, jusqu'au ${date(until, branding.timeZone)}. Ne le donnez à personne : l'assistance ne vous le demandera jamais.`,
  )
  writeText(pen, helpdeskLine(branding))
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

/** The settings whose text no letter can print right, with the characters concerned. */
export const unprintableSettings = (font: LetterFont, branding: Branding): string | null => {
  const lacking = font.unprintable(
    locales[ownLanguage].typeset(branding.institution + helpdeskLine(branding)),
  )
  return lacking.length === 0
    ? null
    : `no letter can print branding.institution or branding.helpdesk right (${codePointsOf(lacking)})`
}

/** A PDF with one page for each code, laid out as a French business letter. It is made in memory: no other file holds the codes. */
export const createActivationPdf = async (
  all: readonly PrintedCode[],
  sender: PdfSender,
): Promise<Uint8Array> => {
  const { font, branding } = sender
  const pdf = new PDFDocument({
    autoFirstPage: false,
    size: [sheet.width, sheet.height],
    margin: 0,
    // Only the characters that the letters use are embedded.
    font: font.bytes as unknown as string,
    lang: locales[ownLanguage].formats,
    displayTitle: true,
    info: { Title: "Codes d'activation", Producer: branding.product, Creator: branding.product },
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
