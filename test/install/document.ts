import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../world/root.ts'

/** A code block of a document: commands, or settings. */
export type Block = { readonly language: 'sh' | 'yaml'; readonly text: string }

/** The code blocks of a page of `docs/operate`, in its order. */
export const blocksOf = (page: string): readonly Block[] =>
  [...readFileSync(join(root, 'docs/operate', page), 'utf8').matchAll(/^```([a-z]*)\n(.*?)^```$/gms)].map(
    ([, language, text = '']) => {
      if (language === 'sh' || language === 'yaml') return { language, text }
      throw new Error(`${page} has a block that nobody can run: ${language} ${text}`)
    },
  )

/** A command that the text of a page shows between backquotes. */
export const commandIn = (page: string, start: string) => {
  const text = readFileSync(join(root, 'docs/operate', page), 'utf8')
  const [, found] = new RegExp(`\`(${start}[^\`]*)\``).exec(text) ?? []
  if (found === undefined) throw new Error(`${page} shows no command « ${start} »`)
  return found
}
