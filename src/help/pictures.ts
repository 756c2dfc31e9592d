import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { locales } from '../texts/locales.ts'
import { inEachLanguage, type Language } from '../texts/texts.ts'
import { inLanguage } from '../texts/translated.ts'
import { type Handler, problem } from '../web/handler.ts'
import { notFound } from '../web/problems.ts'

/** Every picture of the help: a screenshot of the product, made by `npm run screenshots`. */
export const pictureNames = [
  'sign-in',
  'sign-in-passkey',
  'forgotten',
  'forgotten-identifier',
  'choose-student',
  'choose-staff',
  'choose-external',
  'identify-student',
  'identify-staff',
  'identify-external',
  'joker',
  'new-password',
  'done',
  'identifier-done',
  'activation-code',
  'activation-joker',
  'activation-address',
  'activation-done',
  'change-password',
  'second-factor',
  'account',
  'addresses',
  'not-me',
] as const
export type PictureName = (typeof pictureNames)[number]

/**
 * The entry of a picture in `pictures.json`. `page` is the digest of the page's text when the picture was made: a test
 * compares it with the running product, so that no picture is out of date.
 */
export type PictureEntry = {
  readonly width: number
  readonly height: number
  readonly bytes: string
  readonly page: string
}
export type PictureIndex = Readonly<Record<Language, Readonly<Record<string, PictureEntry>>>>

export type Pictures = {
  readonly find: (language: Language, name: PictureName) => (PictureEntry & { readonly file: string }) | null
  /** Serves a picture. Its URL holds the digest of its bytes, so that browsers may cache it for a year. */
  readonly serve: Handler
}

const fileName = (name: string, { bytes }: PictureEntry) => `${name}.${bytes}.webp`

export const createPictures = (folder: string): Pictures => {
  const index = JSON.parse(readFileSync(join(folder, 'pictures.json'), 'utf8')) as PictureIndex
  // A language without pictures shows those of the language that stands in for it.
  const folders = inEachLanguage(language =>
    Object.hasOwn(index, language) ? language : locales[language].fallback,
  )
  const entryOf = (language: Language, name: string) =>
    new Map(Object.entries(inLanguage(index, language) ?? {})).get(name) ?? null
  return {
    find: (language, name) => {
      const found = entryOf(language, name)
      return found && { ...found, file: fileName(name, found) }
    },
    serve: async ({ language, params }) => {
      const query = params.file ?? ''
      const name = query.split('.')[0] ?? ''
      const found = entryOf(language, name)
      if (!found || fileName(name, found) !== query) return problem(notFound)
      return {
        kind: 'picture',
        type: 'image/webp',
        body: await readFile(join(folder, folders[language] ?? language, `${name}.webp`)),
      }
    },
  }
}
