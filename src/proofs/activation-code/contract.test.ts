import { proofContract } from '../../../test/world/proof-contract.ts'
import { hours } from '../../clock.ts'

proofContract({
  name: 'activationCodes',
  begin: async ({ all, transaction }, person) => {
    const code = await transaction(tx => all.activationCodes.begin(tx, person, hours(24)))
    return { right: async () => code, wrong: async () => 'AAAA-BBBB-CCCC-DDDD' }
  },
  replace: ({ all }, tx, person) => all.activationCodes.begin(tx, person, hours(24)),
  verify: ({ all }, person, typed, known) =>
    all.activationCodes.verify({ subject: person, person: known ? person : null, network: 'n' }, typed),
})
