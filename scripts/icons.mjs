// `node scripts/icons.mjs`: draws the icon of the portal as PNG in the sizes that telephones ask for, from the SVG of
// src/ui/installation.ts, white on black. The portal gives them the institution's colours when it starts (src/ui/icon-colours.ts).
import { writeFileSync } from 'node:fs'
import { crc32, deflateSync } from 'node:zlib'
import { chromium } from 'playwright-core'
import { iconSizes, iconSvg } from '../src/ui/installation.ts'

const chunk = (type, data) => {
  const named = Buffer.concat([Buffer.from(type), data])
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.length)
  sum.writeUInt32BE(crc32(named))
  return Buffer.concat([length, named, sum])
}

/** A grey PNG of 8 bits, without filters. */
const png = (size, grey) => {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(size, 0)
  header.writeUInt32BE(size, 4)
  header[8] = 8
  const rows = Array.from({ length: size }, (_, y) => [0, ...grey.slice(y * size, (y + 1) * size)]).flat()
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.from(rows), { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

const browser = await chromium.launch({ executablePath: '/usr/bin/chromium' })
const page = await browser.newPage()
const svg = iconSvg({ primary: '#000000', accent: '#ffffff' })
for (const size of iconSizes) {
  const grey = await page.evaluate(
    async ([source, width]) => {
      const image = new Image()
      image.src = `data:image/svg+xml,${encodeURIComponent(source)}`
      image.width = width
      image.height = width
      await image.decode()
      const context = new OffscreenCanvas(width, width).getContext('2d')
      context.drawImage(image, 0, 0, width, width)
      const { data } = context.getImageData(0, 0, width, width)
      return Array.from({ length: width * width }, (_, pixel) => data[pixel * 4])
    },
    [svg, size],
  )
  writeFileSync(new URL(`../src/ui/icons/icon-${size}.png`, import.meta.url), png(size, grey))
}
await browser.close()
