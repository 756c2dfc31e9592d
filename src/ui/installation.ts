import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { digestOf } from '../crypto/crypto.ts'
import { iconInColours } from './icon-colours.ts'
import { type Logo, readLogo } from './logo.ts'
import type { Branding } from './theme.ts'

/** The icon of iOS, and those that Android asks for. */
export const iconSizes = [180, 192, 512] as const

/** URLs of the files below, under the path at which the portal is published. `font` and `logo` name their content: they never change. */
export const installationUrls = (base: string, font: string, logo: Logo | null) => ({
  manifest: `${base}/manifest.webmanifest`,
  icon: `${base}/icone.svg`,
  touchIcon: `${base}/icone-180.png`,
  headingFont: `${base}/${font}`,
  logo: logo && { src: `${base}/${logo.name}`, ...logo.size },
})
export type InstallationUrls = ReturnType<typeof installationUrls>

/** The letters of the headings (`scripts/heading-font.mjs`), and the name under which they are served. */
export const readHeadingFont = (dist: string) => {
  const bytes = readFileSync(join(dist, 'headings.woff2'))
  const digest = digestOf(bytes).slice(0, 12)
  return { name: `titres-${digest}.woff2`, bytes }
}

/** The logo of the pages; `null`: there is none. What is wrong with a file was found when the settings were loaded (`usable-branding.ts`). */
export const readPageLogo = ({ logoFile }: Pick<Branding, 'logoFile'>): Logo | null => {
  const read = logoFile === undefined ? null : readLogo(logoFile)
  return read?.ok ? read.logo : null
}

/**
 * `optional`: a font that comes late is kept for the next page, so that no text ever moves. A style sheet of its own, since a page
 * whose URL holds a secret loads nothing.
 */
export const headingFontStyles = ({ headingFont }: InstallationUrls) =>
  `@font-face{font-family:Headings;src:url(${headingFont}) format("woff2");font-weight:500;font-display:optional}`

/** The door of the header, with room around it for the masks of telephones (W3C, « Web App Manifest », maskable icons). */
export const iconSvg = ({ primary, accent }: Pick<Branding, 'primary' | 'accent'>) =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 96 96"><path fill="${primary}" d="M0 0h96v96H0z"/><g fill="none" stroke="${accent}" stroke-linecap="round" stroke-linejoin="round"><path stroke-width="6" d="M30 68V42a18 18 0 0 1 36 0v26M25 68h46"/><path stroke-width="5" d="M45 68V48l14-6v26"/></g></svg>`

const pngs = (base: string) =>
  iconSizes.slice(1).map(size => ({
    src: `${base}/icone-${size}.png`,
    type: 'image/png',
    sizes: `${size}x${size}`,
    purpose: 'any',
  }))

const manifest = ({ product, institution, primary }: Branding, base: string) => {
  const svg = { src: `${base}/icone.svg`, type: 'image/svg+xml', sizes: 'any' }
  return JSON.stringify({
    name: `${product} · ${institution}`,
    short_name: product,
    id: `${base}/`,
    start_url: `${base}/`,
    scope: `${base}/`,
    display: 'minimal-ui',
    background_color: primary,
    theme_color: primary,
    icons: [...pngs(base), { ...svg, purpose: 'any' }, { ...svg, purpose: 'maskable' }],
  })
}

/** What a telephone needs to keep the portal on its home screen, in the colours of the institution, the font of the headings, and the logo. */
export const installationFiles = (branding: Branding, base: string, dist: string) => ({
  manifest: manifest(branding, base),
  icon: iconSvg(branding),
  icons: iconSizes.map(size => ({
    name: `icone-${size}.png`,
    bytes: iconInColours(readFileSync(join(dist, 'icons', `icon-${size}.png`)), branding),
  })),
  headingFont: readHeadingFont(dist),
  logo: readPageLogo(branding),
})
export type InstallationFiles = ReturnType<typeof installationFiles>
