/** The two numbers of a colour such as #0c5a48 that contrast is made of: its channels, and how light it is. */
export const channels = (colour: string) => [1, 3, 5].map(at => Number.parseInt(colour.slice(at, at + 2), 16))

/** WCAG 2.2, « relative luminance ». */
function luminanceOf(colour: string) {
  const [red = 0, green = 0, blue = 0] = channels(colour).map(channel => {
    const light = channel / 255
    return light <= 0.04045 ? light / 12.92 : ((light + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

/** WCAG 2.2, « contrast ratio ». */
export function contrastOf(one: string, other: string) {
  const [light = 0, dark = 0] = [luminanceOf(one), luminanceOf(other)].sort((a, b) => b - a)
  return (light + 0.05) / (dark + 0.05)
}

/** Black or white, whichever has more contrast on this colour: at least 4.5:1 on any. */
export const textColourOn = (colour: string) =>
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
export function readableOn(colour: string, background: string, contrast: number) {
  const towards = textColourOn(background)
  const shades = Array.from({ length: 21 }, (_, step) => mixed(colour, towards, step / 20))
  return shades.find(shade => contrastOf(shade, background) >= contrast) ?? towards
}

/** The colour with this contrast on the background to which the least black or white is mixed. */
export function nearestOn(colour: string, background: string, contrast: number) {
  const shades = Array.from({ length: 256 }, (_, step) =>
    ['#000000', '#ffffff'].map(towards => mixed(colour, towards, step / 255)),
  ).flat()
  return shades.find(shade => contrastOf(shade, background) >= contrast) ?? textColourOn(background)
}
