import { settingOfText } from '../texts/own-text.ts'
import { plain } from '../texts/plain.ts'
import { isLanguage, languages, sourceText, textKeys } from '../texts/texts.ts'
import { fail, print } from './command-context.ts'

/**
 * Prints the product's sentences as the lines of a file of `overrides`: what is copied from here and changed between the quotes is
 * valid YAML. It needs no settings.
 */
export const printTexts = (language: string, { with: words = '' }: { readonly with?: string }) => {
  if (!isLanguage(language))
    return fail(`${language} is no language of the product: ${languages.join(', ')}.`)
  const asked = plain(words)
  const lines = textKeys
    .filter(key => settingOfText(key) === null)
    .map(key => `${key}: ${JSON.stringify(sourceText(key, language))}`)
    .filter(line => plain(line).includes(asked))
  if (lines.length === 0) return fail(`No sentence contains « ${words} ».`)
  for (const line of lines) print(line)
}
