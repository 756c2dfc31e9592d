import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { root } from './world/root.ts'
import { runSesame } from './world/run-sesame.ts'
import { scratchFolder } from './world/scratch.ts'

const pages = globSync(['docs/operate/**/*.md', 'docs/dossier/*.md', 'README.md'], { cwd: root }).sort()
const code = /^```.*?^```$|`[^`\n]+`/gms

/** What is written after « sesame » in code, up to the end of the command. */
const usesOf = (page: string) =>
  [...readFileSync(join(root, page), 'utf8').matchAll(code)].flatMap(([text]) =>
    [
      ...text.matchAll(
        /(?:^|[`|&;]\s*|sudo -u sesame |\/usr\/bin\/)sesame ((?!--version)[a-z][^`\n|&;#>]*)/gm,
      ),
    ].map(([, words = '']) => words.trim()),
  )

const helps = new Map<string, Promise<string>>()
const env = { PATH: process.env.PATH ?? '', SESAME_DATA: scratchFolder('sesame-help-') }
const helpOf = (path: readonly string[]) => {
  const known = helps.get(path.join(' '))
  if (known) return known
  const asked = runSesame([...path, '--help'], { env }).then(({ said }) => said)
  helps.set(path.join(' '), asked)
  return asked
}
/** The commands in a help, with what they take. */
const commandsIn = (help: string) =>
  new Map(
    [...(help.split(/^Commands:$/m)[1] ?? '').matchAll(/^ {2}([a-z-]+)(.*)$/gm)].map(
      ([, name = '', takes = '']) => [name, takes],
    ),
  )

/** The help of the command that these words use, or what is wrong with them. */
const explained = async (words: readonly string[], path: readonly string[] = []): Promise<string | null> => {
  const help = await helpOf(path)
  const commands = commandsIn(help)
  if (commands.size === 0) return help
  const [next = '', ...others] = words
  const takes = commands.get(next)
  if (takes === undefined) return null
  // It has no commands of its own, and no option is used: its own help, which costs a process, says nothing more.
  if (/^ (\[options\]|<)/.test(takes) && !others.some(word => word.startsWith('--'))) return ''
  return explained(others, [...path, next])
}

describe('the commands that the documents for operators show', () => {
  it('exist, with the options that they are given', async () => {
    const uses = [...new Set(pages.flatMap(usesOf))]
    expect(uses.length).toBeGreaterThan(25)
    const wrong: string[] = []
    for (const use of uses) {
      const help = await explained(use.split(/\s+/))
      const options = use.match(/--[a-z-]+/g) ?? []
      if (help === null || options.some(option => !help.includes(option))) wrong.push(use)
    }
    expect(wrong).toEqual([])
  })
})
