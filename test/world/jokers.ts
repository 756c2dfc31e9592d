import type { Application } from '../../src/application.ts'
import { demoPeople } from '../../src/demonstration/people.ts'
import { findPerson } from './find-person.ts'

/** Sets the jokers of the demonstration's people, for a portal with a real directory, where they have none. */
export const giveJokers = async (application: Application) => {
  for (const { login, numbers, joker } of demoPeople) {
    if (!joker) continue
    const { id: person } = await findPerson(application, numbers.uid ?? login)
    const hashed = await application.proofs.joker.hashAnswer(joker.answer)
    if (!hashed.ok) throw new Error(hashed.reason)
    await application.store.transaction(tx =>
      application.proofs.joker.set(tx, { person, question: joker.question, free: false, kept: hashed.kept }),
    )
  }
}
