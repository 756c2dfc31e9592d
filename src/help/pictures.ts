import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Language } from '../texts/texts.ts'
import { type Handler, problem } from '../web/handler.ts'

/** Every picture of the help: a page of the running product, taken by `npm run screenshots`. */
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
 * What `pictures.json` keeps of each. `page` is the digest of what the page said when its picture was taken: a test
 * takes it again from the running product, so a picture cannot outlive its page.
 */
export type Taken = {
  readonly width: number
  readonly height: number
  readonly bytes: string
  readonly page: string
}
export type Album = Readonly<Record<Language, Readonly<Record<string, Taken>>>>

export type Pictures = {
  readonly find: (language: Language, name: PictureName) => (Taken & { readonly file: string }) | null
  /** A picture at the address of its own bytes: kept by browsers for a year. */
  readonly give: Handler
}

const fileName = (name: string, { bytes }: Taken) => `${name}.${bytes}.webp`

export const createPictures = (folder: string): Pictures => {
  const album = JSON.parse(readFileSync(join(folder, 'pictures.json'), 'utf8')) as Album
  const taken = (language: Language, name: string) =>
    Object.hasOwn(album[language], name) ? (album[language][name] ?? null) : null
  return {
    find: (language, name) => {
      const found = taken(language, name)
      return found && { ...found, file: fileName(name, found) }
    },
    give: async ({ language, params }) => {
      const asked = params.file ?? ''
      const name = asked.split('.')[0] ?? ''
      const found = taken(language, name)
      if (!found || fileName(name, found) !== asked) return problem('not-found')
      return {
        kind: 'picture',
        type: 'image/webp',
        body: await readFile(join(folder, language, `${name}.webp`)),
      }
    },
  }
}
