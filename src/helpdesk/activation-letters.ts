import { PDFDocument, type PDFFont, type PDFPage, rgb, StandardFonts } from 'pdf-lib'
import { encode } from 'uqr'
import { locales, ownLanguage } from '../texts/locales.ts'
import { plain } from '../texts/plain.ts'
import { inLanguage } from '../texts/translated.ts'
import type { Branding } from '../ui/theme.ts'

/** What is printed for one person. `until`: when the code expires. */
export type PrintedCode = { readonly name: string; readonly code: string; readonly until: number }

type PdfSender = {
  readonly branding: Branding
  /** `address`: where the person starts. The QR code opens `codeAddress` with the code after the #, which is sent to no server. */
  readonly address: string
  readonly codeAddress: string
}

/** A4 in points, and the margins of a French business letter. */
const sheet = { width: 595.28, height: 841.89, margin: 71 }
const ink = rgb(0.1, 0.1, 0.1)

type Pen = { readonly page: PDFPage; readonly text: PDFFont; readonly heading: PDFFont; y: number }

/** The standard fonts have the characters of Windows-1252: any other letter is drawn without its accent, never left out. */
const drawable = (font: PDFFont, text: string) => {
  const known = new Set(font.getCharacterSet())
  const typed = locales[ownLanguage].typeset(text).replaceAll('\u202f', '\u00a0')
  return [...typed]
    .map(sign => (known.has(sign.codePointAt(0) ?? 0) ? sign : plain(sign).replace(/[^\x20-\x7e]/g, '?')))
    .join('')
}

const wrapped = (font: PDFFont, text: string, size: number) => {
  const widest = sheet.width - 2 * sheet.margin
  const lines: string[] = []
  for (const word of drawable(font, text).split(' ')) {
    const longer = `${lines.at(-1) ?? ''} ${word}`.trim()
    if (lines.length > 0 && font.widthOfTextAtSize(longer, size) <= widest) lines[lines.length - 1] = longer
    else lines.push(word)
  }
  return lines
}

const writeText = (pen: Pen, text: string, { size = 11, after = 8, font = pen.text } = {}) => {
  for (const line of wrapped(font, text, size)) {
    pen.page.drawText(line, { x: sheet.margin, y: pen.y, size, font, color: ink })
    pen.y -= size * 1.45
  }
  pen.y -= after
}

const drawQr = (pen: Pen, text: string) => {
  const { data, size } = encode(text, { ecc: 'M', border: 4 })
  const side = 150 / size
  pen.y -= 150
  for (const [row, line] of data.entries())
    for (const [column, dark] of line.entries())
      if (dark)
        pen.page.drawRectangle({
          x: sheet.margin + column * side,
          y: pen.y + (size - 1 - row) * side,
          width: side,
          height: side,
          color: rgb(0, 0, 0),
        })
  pen.y -= 24
}

const date = (at: number, timeZone: string) =>
  new Intl.DateTimeFormat(locales[ownLanguage].formats, {
    dateStyle: 'long',
    timeStyle: 'short',
    timeZone,
  }).format(at)

const writePage = (pen: Pen, { name, code, until }: PrintedCode, sender: PdfSender) => {
  const { branding, address, codeAddress } = sender
  const { mail, hours } = branding.helpdesk
  const phone = branding.helpdesk.phone.replaceAll(' ', '\u00a0')
  writeText(pen, branding.institution, { size: 13, font: pen.heading, after: 46 })
  pen.page.drawText(drawable(pen.text, name), {
    x: 310,
    y: sheet.height - 150,
    size: 12,
    font: pen.text,
    color: ink,
  })
  pen.y = sheet.height - 235
  writeText(pen, 'Activez votre compte', { size: 22, font: pen.heading, after: 14 })
  writeText(pen, 'Bonjour,')
  writeText(
    pen,
    `Votre compte informatique vous attend. Il ouvre l'ENT, le Wi-Fi eduroam, la téléphonie et l'impression. Pour l'activer, il vous faut 5 minutes, votre numéro (étudiant, INE, personnel ou UID), votre date de naissance et ce code :`,
  )
  pen.y -= 10
  writeText(pen, code, { size: 24, font: pen.heading, after: 10 })
  writeText(pen, `1. Ouvrez ${address}, ou visez ce dessin avec votre téléphone.`)
  writeText(pen, '2. Saisissez votre numéro, votre date de naissance, puis le code.')
  writeText(pen, '3. Choisissez votre mot de passe.', { after: 2 })
  drawQr(pen, `${codeAddress}#${code}`)
  writeText(
    pen,
    `Ce code sert une seule fois, jusqu'au ${date(until, branding.timeZone)}. Ne le donnez à personne : l'assistance ne vous le demandera jamais.`,
  )
  writeText(
    pen,
    `Une question ? L'assistance vous répond ${inLanguage(hours, ownLanguage) ?? ''} : ${phone} ou ${mail}.`,
  )
}

/** A PDF with one page for each code, laid out as a French business letter. */
export const createActivationPdf = async (
  all: readonly PrintedCode[],
  sender: PdfSender,
): Promise<Uint8Array> => {
  const pdf = await PDFDocument.create()
  pdf.setTitle("Codes d'activation")
  pdf.setLanguage(locales[ownLanguage].formats)
  pdf.setProducer(sender.branding.product)
  const [text, heading] = [
    await pdf.embedFont(StandardFonts.Helvetica),
    await pdf.embedFont(StandardFonts.TimesRoman),
  ]
  for (const printed of all) {
    const page = pdf.addPage([sheet.width, sheet.height])
    writePage({ page, text, heading, y: sheet.height - sheet.margin }, printed, sender)
  }
  return pdf.save()
}
