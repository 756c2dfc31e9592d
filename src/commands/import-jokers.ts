import { readTable } from '../csv.ts'
import { importJoker } from '../helpdesk/joker-import.ts'
import type { Justification } from '../helpdesk/justification.ts'
import { fail, print, withApplication } from './command-context.ts'

/**
 * Imports lines of `login,question,answer` in clear text: each answer is hashed at once and stored nowhere in clear. A
 * refused line is reported by its line number only. The import can be restarted: people who have a joker are skipped.
 */
export const importJokers = (file: string, why: Justification) =>
  withApplication(async ({ store, audit, directory, proofs, passwordWrite, sayIn }) => {
    const { joker, activationCodes } = proofs
    const { revocations } = passwordWrite
    const deps = { store, audit, directory, joker, activationCodes, revocations, sayIn }
    const table = readTable(file)
    if (!table.ok) return fail(`${file}: ${table.reason}`)
    const lines = table.records.filter(({ line, cells }) => line > 1 || cells[0] !== 'login')
    let [set, existing] = [0, 0]
    for (const [index, { line, cells }] of lines.entries()) {
      const [login = '', question = '', answer = ''] = cells
      const outcome = await importJoker(deps, { login, question, answer }, why)
      if (outcome === 'set') set += 1
      else if (outcome === 'exists') existing += 1
      else fail(`line ${line}: ${outcome.refusedBecause}`)
      if ((index + 1) % 500 === 0) process.stderr.write(`${index + 1} of ${lines.length}\n`)
    }
    print(`${set} joker(s) set, ${existing} there before, ${lines.length - set - existing} refused.`)
  })
