import { readFileSync } from 'node:fs'
import { extname } from 'node:path'
import { digestOf } from '../crypto/crypto.ts'
import { readOperatorText, reasonWithLine } from '../operator-file.ts'
import { svgFault, svgSize } from './svg.ts'

type Size = { readonly width: number; readonly height: number }

/** The institution's logo. `name`: of its URL, which holds its digest. `size`: as it is shown, so that the page does not shift; `null`: not known. */
export type Logo = {
  readonly name: string
  readonly type: string
  readonly bytes: Buffer
  readonly size: Size | null
}

export type LogoResult =
  | { readonly ok: true; readonly logo: Logo }
  | { readonly ok: false; readonly line: number | null; readonly sentence: string }

/** Each browser loads it once, so it is no part of the 14 KB of a page. It is in every mail. */
const maxLogoBytes = 32_768

/** 2.1rem of the style sheet. */
const shownHeight = 38

const starts = (bytes: Buffer, hex: string) => bytes.subarray(0, hex.length / 2).toString('hex') === hex

type Picture = { readonly type: string; readonly isWhole: (bytes: Buffer) => boolean }

/** A picture that was cut off, or that another program named so, shows as a hole. */
const pictures: Readonly<Record<string, Picture>> = {
  '.png': {
    type: 'image/png',
    isWhole: bytes =>
      starts(bytes, '89504e470d0a1a0a') && bytes.subarray(-12).toString('hex') === '0000000049454e44ae426082',
  },
  '.jpg': {
    type: 'image/jpeg',
    isWhole: bytes => starts(bytes, 'ffd8ff') && bytes.includes('ffd9', 3, 'hex'),
  },
  '.webp': {
    type: 'image/webp',
    isWhole: bytes =>
      bytes.length > 12 &&
      bytes.toString('latin1', 0, 4) === 'RIFF' &&
      bytes.toString('latin1', 8, 12) === 'WEBP' &&
      bytes.length >= bytes.readUInt32LE(4) + 8,
  },
}

const logoExtensions = ['.svg', '.png', '.jpg', '.webp']

const refused = (line: number | null, sentence: string): LogoResult => ({ ok: false, line, sentence })

function logoOf(extension: string, type: string, bytes: Buffer, size: Size | null): LogoResult {
  const shown = size && { height: shownHeight, width: Math.round((shownHeight * size.width) / size.height) }
  const name = `logo-${digestOf(bytes).slice(0, 12)}${extension}`
  return { ok: true, logo: { name, type, bytes, size: shown } }
}

function readSvg(file: string, bytes: Buffer): LogoResult {
  const read = readOperatorText(file)
  if (!read.ok) return { ok: false, ...reasonWithLine(read.reason) }
  const fault = svgFault(read.text)
  return fault
    ? refused(fault.line, fault.sentence)
    : logoOf('.svg', 'image/svg+xml', bytes, svgSize(read.text))
}

const pngSize = (extension: string, bytes: Buffer): Size | null =>
  extension === '.png' ? { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) } : null

/** The logo of a file, or why it is not shown. */
export function readLogo(file: string): LogoResult {
  const extension = extname(file).toLowerCase().replace('.jpeg', '.jpg')
  const bytes = readFileSync(file)
  if (!logoExtensions.includes(extension)) return refused(null, 'is no SVG, PNG, JPEG or WebP file.')
  if (bytes.length > maxLogoBytes)
    return refused(null, `has ${bytes.length} bytes, of ${maxLogoBytes} at most: make it smaller.`)
  if (extension === '.svg') return readSvg(file, bytes)
  const picture = pictures[extension]
  return picture?.isWhole(bytes)
    ? logoOf(extension, picture.type, bytes, pngSize(extension, bytes))
    : refused(null, `is no whole ${extension.slice(1).toUpperCase()} picture.`)
}
