import { setTimeout } from 'node:timers/promises'
import type { Application } from '../../src/application.ts'

/**
 * The person with this login, for the preparation of a test. The limits of a real directory are short for the tests of faults,
 * and its first answers may come later on a busy machine: it is asked again.
 */
export const findPerson = async ({ directory }: Application, login: string) => {
  for (let tries = 1; ; tries += 1) {
    const found = await directory.findLogin(login)
    if (found.ok && found.person) return found.person
    if (found.ok) throw new Error(`${login} is not in the directory`)
    if (tries === 60) throw new Error(`the directory does not say who ${login} is: ${found.reason}`)
    await setTimeout(500)
  }
}
