import { crc32 } from 'node:zlib'
import { channels } from './contrast.ts'
import type { Branding } from './theme.ts'

const signatureBytes = 8
/** Length, « IHDR », 13 bytes, checksum. */
const headerBytes = 25
const colourTypeAt = 9
/** Of PNG: each pixel is the number of a colour (ISO/IEC 15948, 11.2.2). */
const indexed = 3

/** 256 colours from the first to the second. */
const palette = ({ primary, accent }: Pick<Branding, 'primary' | 'accent'>) => {
  const [from, to] = [channels(primary), channels(accent)]
  return Buffer.from(
    Array.from({ length: 256 }, (_, step) =>
      from.map((channel, at) => Math.round(channel + (((to[at] ?? 0) - channel) * step) / 255)),
    ).flat(),
  )
}

const chunk = (type: string, data: Buffer) => {
  const named = Buffer.concat([Buffer.from(type), data])
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.length)
  sum.writeUInt32BE(crc32(named))
  return Buffer.concat([length, named, sum])
}

/**
 * Gives a grey PNG the colours of the institution: what is black takes the first, what is white the second. Its greys become
 * numbers of a palette, so nothing is drawn or decoded when the portal starts.
 */
export const iconInColours = (grey: Buffer, colours: Pick<Branding, 'primary' | 'accent'>): Buffer => {
  const header = Buffer.from(grey.subarray(signatureBytes + 8, signatureBytes + 8 + 13))
  header[colourTypeAt] = indexed
  return Buffer.concat([
    grey.subarray(0, signatureBytes),
    chunk('IHDR', header),
    chunk('PLTE', palette(colours)),
    grey.subarray(signatureBytes + headerBytes),
  ])
}
