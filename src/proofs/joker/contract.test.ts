import { proofContract } from '../../../test/world/proof-contract.ts'

const client = { network: 'n', queueKey: 'q' }

proofContract({
  name: 'joker',
  begin: async ({ all, transaction }, person) => {
    const answer = `Rexolino ${person}`
    const hashed = await all.joker.hashAnswer(answer)
    if (!hashed.ok) throw new Error(hashed.reason)
    const { kept } = hashed
    await transaction(tx => all.joker.begin(tx, { person, question: 'pet', free: false, kept }))
    return { right: async () => answer, wrong: async () => 'Medorino' }
  },
  verify: ({ all }, person, typed, known) => {
    const claimant = { subject: person, browser: '', network: 'n' }
    return all.joker.verify({ ...client, subject: person, person: known ? person : null, claimant }, typed)
  },
})
