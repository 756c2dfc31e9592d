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

const channels = (colour: string) => [1, 3, 5].map(at => Number.parseInt(colour.slice(at, at + 2), 16))

/** WCAG 2.2, « relative luminance ». */
function luminanceOf(colour: string) {
  const [red = 0, green = 0, blue = 0] = channels(colour).map(channel => {
    const light = channel / 255
    return light <= 0.04045 ? light / 12.92 : ((light + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

function contrastOf(one: string, other: string) {
  const [light = 0, dark = 0] = [luminanceOf(one), luminanceOf(other)].sort((a, b) => b - a)
  return (light + 0.05) / (dark + 0.05)
}

/** Black or white, whichever has more contrast on this colour: at least 4.5:1 on any. */
const textColourOn = (colour: string) =>
  contrastOf('#000000', colour) > contrastOf('#ffffff', colour) ? '#000000' : '#ffffff'

const mixed = (colour: string, other: string, part: number) => {
  const others = channels(other)
  const parts = channels(colour).map((own, index) =>
    Math.round(own + ((others[index] ?? 0) - own) * part)
      .toString(16)
      .padStart(2, '0'),
  )
  return `#${parts.join('')}`
}

/** The colour, mixed with black or white until it has this contrast on the background. */
function readableOn(colour: string, background: string, contrast: number) {
  const towards = textColourOn(background)
  const steps = Array.from({ length: 21 }, (_, step) => mixed(colour, towards, step / 20))
  return steps.find(shade => contrastOf(shade, background) >= contrast) ?? towards
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
