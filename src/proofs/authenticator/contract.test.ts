import { appOf, wrongDigits } from '../../../test/world/factors.ts'
import { proofContract } from '../../../test/world/proof-contract.ts'
import { minutes } from '../../clock.ts'

proofContract({
  name: 'authenticators',
  begin: async ({ all, transaction, clock }, person) => {
    const names = { issuer: 'Sésame', label: person }
    await transaction(tx => all.authenticators.begin(tx, person, 'laptop'))
    const offer = await all.authenticators.offer(person, 'laptop', names)
    const app = appOf(offer?.letters ?? '')
    await transaction(tx => all.authenticators.confirm(tx, person, 'laptop', app(clock.now())))
    clock.forward(minutes(1))
    return { right: async () => app(clock.now()), wrong: async () => wrongDigits(app, clock.now()) }
  },
  verify: ({ all }, person, typed) => all.authenticators.verify({ person }, typed),
})
