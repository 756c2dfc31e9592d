import { readableOn, textColourOn } from '../../ui/contrast.ts'

/**
 * The colours of mails. Mail clients have no colour functions, so each shade that depends on the institution's two colours is
 * computed here, with contrast enough for any choice (WCAG 1.4.3).
 */
export type MailColours = {
  /** Around the card, the card, and the line around it. */
  readonly page: string
  readonly card: string
  readonly line: string
  readonly text: string
  readonly quiet: string
  readonly link: string
  readonly button: string
  readonly buttonText: string
}

/** The contrast of text, with room for a client that changes the background. */
const textContrast = 7

/** The institution's colour as a background, and the text on it. */
function plateOf(primary: string) {
  const text = textColourOn(primary)
  return { plate: readableOn(primary, text, textContrast), text }
}

export type MailPalette = {
  readonly light: MailColours
  readonly dark: MailColours
  /** The header, the same in both. */
  readonly header: { readonly plate: string; readonly text: string }
}

export function mailColours(primary: string): MailPalette {
  const [white, night] = ['#ffffff', '#1c2422']
  const header = plateOf(primary)
  const bright = readableOn(primary, night, textContrast)
  return {
    light: {
      ...{ page: '#f5f3ee', card: white, line: '#d9ddd8', text: '#1d2725', quiet: '#45504d' },
      link: readableOn(primary, white, textContrast),
      button: header.plate,
      buttonText: header.text,
    },
    dark: {
      ...{ page: '#121817', card: night, line: '#3c4744', text: '#f0f4f2', quiet: '#c4cdca' },
      link: bright,
      button: bright,
      buttonText: textColourOn(bright),
    },
    header,
  }
}
