import { demoPeople } from '../../src/demonstration/people.ts'
import type { House } from '../../src/house.ts'

/** On a real directory nobody has a joker yet: the demonstration's people are given theirs. */
export const giveJokers = async (house: House) => {
  for (const { login, numbers, joker } of demoPeople) {
    if (!joker) continue
    const found = await house.directory.findLogin(numbers.uid ?? login)
    if (!found.ok || !found.person) throw new Error(`${login} is not in the directory`)
    const hashed = await house.joker.hashAnswer(joker.answer)
    if (!hashed.ok) throw new Error(hashed.reason)
    const { id: person } = found.person
    await house.store.transaction(tx =>
      house.joker.set(tx, { person, question: joker.question, free: false, kept: hashed.kept }),
    )
  }
}
