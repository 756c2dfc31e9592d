import { afterEach } from 'vitest'

/** What the servers of this file have said, so that a test that fails shows the end of it. */
const heard = new Map<string, readonly string[]>()

const shown = 20

/** Remembers the lines of one server, which grow while it runs, under its name. */
export const showLogOnFailure = (name: string, lines: readonly string[]) => {
  heard.set(name, lines)
}

/** A set-up file of the tests that start servers. */
afterEach(({ task }) => {
  if (task.result?.state !== 'fail') return
  for (const [name, lines] of heard)
    if (lines.length > 0)
      console.error(`The last lines of ${name}:\n${lines.slice(-shown).join('\n').trimEnd()}`)
})
