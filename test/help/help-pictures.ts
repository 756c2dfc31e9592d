import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import {
  type PictureEntry,
  type PictureIndex,
  type PictureName,
  pictureNames,
} from '../../src/help/pictures.ts'
import type { Language } from '../../src/texts/texts.ts'
import { frames, pageDigest } from './frames.ts'
import { walkForPictures } from './walk.ts'

/** Draws a ring around the element to press, in a colour that no page uses. */
const ring = (page: Page, selector: string, outline: string) =>
  page
    .locator(selector)
    .first()
    .evaluate((element, style) => {
      const { style: own } = element as HTMLElement
      own.outline = style
      own.outlineOffset = '4px'
      own.borderRadius = '10px'
    }, outline)

const around = { above: 10, below: 18 }

/** The area from the top of the first part to the bottom of the last, as wide as the window. */
const clipOf = async (page: Page, name: PictureName) => {
  const boxes = await Promise.all(frames[name].shows.map(part => page.locator(part).first().boundingBox()))
  const found = boxes.map((box, at) => {
    if (!box) throw new Error(`${name}: ${frames[name].shows[at]} is not on ${page.url()}`)
    return box
  })
  const top = Math.max(0, Math.floor(Math.min(...found.map(({ y }) => y)) - around.above))
  const bottom = Math.ceil(Math.max(...found.map(({ y, height }) => y + height)) + around.below)
  return { x: 0, y: top, width: page.viewportSize()?.width ?? 0, height: bottom - top, scale: 1 }
}

const webp = async (page: Page, name: PictureName) => {
  const clip = await clipOf(page, name)
  const session = await page.context().newCDPSession(page)
  const { data } = await session.send('Page.captureScreenshot', {
    format: 'webp',
    quality: 72,
    clip,
    captureBeyondViewport: true,
  })
  await session.detach()
  return { bytes: Buffer.from(data, 'base64'), width: clip.width, height: clip.height }
}

const takePicture = async (folder: string, language: Language, name: PictureName, page: Page) => {
  const digest = await pageDigest(page, name)
  const { press } = frames[name]
  await page.evaluate(() => window.scrollTo(0, 0))
  if (press) await ring(page, press, '4px solid #c2185b')
  const { bytes, width, height } = await webp(page, name)
  if (press) await ring(page, press, '')
  writeFileSync(join(folder, language, `${name}.webp`), bytes)
  const sha = createHash('sha256').update(bytes).digest('hex').slice(0, 16)
  return { width, height, bytes: sha, page: digest } satisfies PictureEntry
}

/** Takes every picture of the help in one language, from a new demonstration. */
export const takePictures = async (browser: Browser, url: string, language: Language, folder: string) => {
  const pictureSet: Record<string, PictureEntry> = {}
  await walkForPictures(browser, url, language, async (name, page) => {
    pictureSet[name] = await takePicture(folder, language, name, page)
  })
  const lacking = pictureNames.filter(name => !pictureSet[name])
  if (lacking.length > 0) throw new Error(`no picture of ${lacking.join(', ')}`)
  return Object.fromEntries(pictureNames.map(name => [name, pictureSet[name] as PictureEntry]))
}

export const writePictures = (folder: string, pictureSet: PictureIndex) =>
  writeFileSync(join(folder, 'pictures.json'), `${JSON.stringify(pictureSet, null, 2)}\n`)
