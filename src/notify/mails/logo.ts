import { readFileSync } from 'node:fs'
import { extname } from 'node:path'
import type { MailLogo } from '../transport.ts'

/** The pictures that every mail client shows. */
const types: Readonly<Record<string, string>> = {
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
}

/** The institution's logo for mails; `null`: none is configured, or clients would not show its format (SVG, WebP). */
export function mailLogo(file: string | undefined): MailLogo | null {
  const type = file && types[extname(file).toLowerCase()]
  return file && type ? { cid: 'logo@sesame', type, bytes: readFileSync(file) } : null
}
