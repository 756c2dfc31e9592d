import { contrastOf, nearestOn } from './contrast.ts'
import { readLogo } from './logo.ts'
import type { Branding } from './theme.ts'

/** Something of the look that cannot be shown as it is. `file`: `null`, it is in the configuration itself. */
export type BrandingFault = {
  readonly setting: 'branding.accent' | 'branding.logoFile' | 'branding.mailLogoFile'
  readonly file: string | null
  readonly line: number | null
  readonly sentence: string
}

/**
 * WCAG 2.2, 1.4.11: of a drawing that must be recognised. The icon is the one place where the two colours meet as they are given; the
 * style sheet and the mails derive every other shade with a lightness of their own, which suffices for any colour.
 */
const iconContrast = 3

export const iconContrastOf = ({ primary, accent }: Pick<Branding, 'primary' | 'accent'>) =>
  contrastOf(accent, primary)

function usableAccent({ primary, accent }: Branding): { accent: string; faults: readonly BrandingFault[] } {
  const measured = iconContrastOf({ primary, accent })
  if (measured >= iconContrast) return { accent, faults: [] }
  const near = nearestOn(accent, primary, iconContrast)
  // Rounded up, a contrast that is too low would read as one that suffices.
  const ratio = (Math.floor(measured * 100) / 100).toFixed(2)
  const sentence = `\`branding.accent\` ${accent} has a contrast of ${ratio}:1 on \`branding.primary\` ${primary}, and the icon needs ${iconContrast}:1 (WCAG 1.4.11). The nearest colour that has it, ${near}, is used.`
  return { accent: near, faults: [{ setting: 'branding.accent', file: null, line: null, sentence }] }
}

type LogoSetting = 'logoFile' | 'mailLogoFile'

function logoFault(setting: LogoSetting, file: string | undefined): BrandingFault | null {
  const read = file === undefined ? null : readLogo(file)
  if (file === undefined || !read || read.ok) return null
  const { line, sentence } = read
  const used = setting === 'logoFile' ? 'The product’s drawing is used.' : 'Mails show no logo.'
  return { setting: `branding.${setting}`, file, line, sentence: `${sentence} ${used}` }
}

/** The branding as it is shown, and what was wrong with it as it was given. Its files can be read. */
export function usableBranding(given: Branding): {
  readonly branding: Branding
  readonly faults: readonly BrandingFault[]
} {
  const { logoFile, mailLogoFile, ...rest } = given
  const { accent, faults } = usableAccent(given)
  const logo = logoFault('logoFile', logoFile)
  const mailLogo = logoFault('mailLogoFile', mailLogoFile)
  return {
    branding: {
      ...rest,
      accent,
      ...(logoFile !== undefined && !logo && { logoFile }),
      ...(mailLogoFile !== undefined && !mailLogo && { mailLogoFile }),
    },
    faults: [...faults, ...[logo, mailLogo].filter(fault => fault !== null)],
  }
}
