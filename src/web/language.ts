import { foreignLanguage, ownLanguage } from '../texts/locales.ts'
import { isLanguage, type Language } from '../texts/texts.ts'

const qualityOf = (part: string) => {
  const quality = /;\s*q=([\d.]+)/.exec(part)?.[1]
  return quality === undefined ? 1 : Number(quality) || 0
}

/**
 * RFC 9110 §12.5.4. French is the default, the institution's own language; if the browser lists other languages but not French,
 * the person more probably reads English.
 */
export const preferredLanguage = (acceptLanguage: string | undefined): Language => {
  let best: { language: Language; quality: number } | undefined
  for (const part of (acceptLanguage ?? '').split(',', 20)) {
    const tag = (part.trim().split(/[-;]/)[0] ?? '').toLowerCase()
    const quality = qualityOf(part)
    if (isLanguage(tag) && quality > (best?.quality ?? 0)) best = { language: tag, quality }
  }
  if (best) return best.language
  return acceptLanguage?.trim() && acceptLanguage.trim() !== '*' ? foreignLanguage : ownLanguage
}
