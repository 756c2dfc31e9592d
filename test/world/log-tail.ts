/** Log lines of the servers that this test file started, by name. The last ones are printed when a test fails. */
const heard = new Map<string, readonly string[]>()

const shown = 20

/** Registers the log lines of a server; the array may grow while the server runs. */
export const showLogOnFailure = (name: string, lines: readonly string[]) => {
  heard.set(name, lines)
}

/** Forgets the servers of the test file before: several files run in one process. */
export const forgetLogs = () => heard.clear()

export const printLogs = () => {
  for (const [name, lines] of heard)
    if (lines.length > 0)
      console.error(`The last lines of ${name}:\n${lines.slice(-shown).join('\n').trimEnd()}`)
}
