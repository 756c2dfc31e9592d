import { proofContract } from '../../../test/world/proof-contract.ts'

proofContract({
  name: 'helpdeskCodes',
  begin: async ({ all, transaction }, person) => {
    const { code } = await transaction(tx => all.helpdeskCodes.begin(tx, person))
    return { right: async () => code, wrong: async () => 'AAAA-BBBB-CCCC' }
  },
  replace: ({ all }, tx, person) => all.helpdeskCodes.begin(tx, person),
  verify: ({ all }, person, typed, known) =>
    all.helpdeskCodes.verify({ subject: person, person: known ? person : null }, typed),
})
