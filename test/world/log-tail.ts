import { afterEach } from 'vitest'

/** Log lines of the servers that this test file started, by name. The last ones are printed when a test fails. */
const heard = new Map<string, readonly string[]>()

const shown = 20

/** Registers the log lines of a server; the array may grow while the server runs. */
export const showLogOnFailure = (name: string, lines: readonly string[]) => {
  heard.set(name, lines)
}

/** This module is a setup file of the tests that start servers. */
afterEach(({ task }) => {
  if (task.result?.state !== 'fail') return
  for (const [name, lines] of heard)
    if (lines.length > 0)
      console.error(`The last lines of ${name}:\n${lines.slice(-shown).join('\n').trimEnd()}`)
})
