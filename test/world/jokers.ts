import type { Application } from '../../src/application.ts'
import { demoPeople } from '../../src/demonstration/people.ts'

/** Sets the jokers of the demonstration's people, for a portal with a real directory, where they have none. */
export const giveJokers = async (application: Application) => {
  for (const { login, numbers, joker } of demoPeople) {
    if (!joker) continue
    const found = await application.directory.findLogin(numbers.uid ?? login)
    if (!found.ok || !found.person) throw new Error(`${login} is not in the directory`)
    const hashed = await application.proofs.joker.hashAnswer(joker.answer)
    if (!hashed.ok) throw new Error(hashed.reason)
    const { id: person } = found.person
    await application.store.transaction(tx =>
      application.proofs.joker.set(tx, { person, question: joker.question, free: false, kept: hashed.kept }),
    )
  }
}
