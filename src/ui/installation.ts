import type { Branding } from './theme.ts'

/** URLs of the two files, below the path under which the portal is published. */
export const installationUrls = (base: string) => ({
  manifest: `${base}/manifest.webmanifest`,
  icon: `${base}/icone.svg`,
})
export type InstallationUrls = ReturnType<typeof installationUrls>

/** The door of the header, with room around it for the masks of telephones (W3C, « Web App Manifest », maskable icons). */
const icon = ({ primary, accent }: Branding) =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 96 96"><path fill="${primary}" d="M0 0h96v96H0z"/><g fill="none" stroke="${accent}" stroke-linecap="round" stroke-linejoin="round"><path stroke-width="6" d="M30 68V42a18 18 0 0 1 36 0v26M25 68h46"/><path stroke-width="5" d="M45 68V48l14-6v26"/></g></svg>`

const manifest = ({ product, institution, primary }: Branding, base: string) =>
  JSON.stringify({
    name: `${product} · ${institution}`,
    short_name: product,
    id: `${base}/`,
    start_url: `${base}/`,
    scope: `${base}/`,
    display: 'minimal-ui',
    background_color: primary,
    theme_color: primary,
    icons: [
      { src: installationUrls(base).icon, type: 'image/svg+xml', sizes: 'any', purpose: 'any' },
      { src: installationUrls(base).icon, type: 'image/svg+xml', sizes: 'any', purpose: 'maskable' },
    ],
  })

/** What a telephone needs to keep the portal on its home screen, in the colours of the institution. */
export const installationFiles = (branding: Branding, base: string) => ({
  manifest: manifest(branding, base),
  icon: icon(branding),
})
export type InstallationFiles = ReturnType<typeof installationFiles>
