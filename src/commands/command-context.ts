import type { Application } from '../application.ts'
import { readEnvironment } from '../config/environment.ts'
import { loadSettings, type Settings } from '../config/load.ts'
import { explainFault } from '../explain-fault.ts'
import { createApplicationFor } from '../portal.ts'

/** Results go to the standard output; failures to the standard error, with exit status 1 for scripts. */
export const print = (line: string) => process.stdout.write(`${line}\n`)

export const fail = (line: string) => {
  process.stderr.write(`${line}\n`)
  process.exitCode = 1
}

/** A fault in one sentence: an operator never reads a stack trace. */
export const failWith = (fault: unknown) => {
  const { what, sentence } = explainFault(fault)
  fail(`${what}: ${sentence}`)
}

export const withSettings = async (work: (settings: Settings) => Promise<void>) => {
  const loaded = loadSettings(readEnvironment())
  if (loaded.ok) return work(loaded.settings)
  fail(`${loaded.file} has ${loaded.problems.length} problem(s):`)
  for (const { path, sentence } of loaded.problems) fail(`  ${path}: ${sentence}`)
}

/** Runs work on the same application as the portal's, without its pages. */
export const withApplication = (work: (application: Application) => Promise<void>) =>
  withSettings(async settings => {
    const application = await createApplicationFor(settings)
    try {
      await work(application)
    } finally {
      await application.close()
    }
  })
