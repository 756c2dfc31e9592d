import { proofContract, site, type World } from '../../../test/world/proof-contract.ts'
import { newSecurityKey } from '../../../test/world/security-key.ts'

const signAnew = async ({ all }: World, key: ReturnType<typeof newSecurityKey>) => {
  await all.passkeys.begin('browser', 'prove')
  return key.sign((await all.passkeys.proofOptions('browser', null)) ?? { challenge: '' })
}

proofContract({
  name: 'passkeys',
  begin: async (world, person) => {
    const { passkeys } = world.all
    const key = newSecurityKey(site)
    await passkeys.begin('session', 'enrol')
    const options = await passkeys.enrolmentOptions('session', { person, login: person, displayName: person })
    if (!options) throw new Error('nothing was begun')
    const answer = key.make(options)
    await passkeys.enrol('session', { person, session: 'laptop', name: 'Téléphone', answer })
    const read = await passkeys.verify('browser', await signAnew(world, key))
    if (!read.ok) throw new Error(read.reason)
    await world.transaction(tx => passkeys.confirm(tx, read.assertion, 'laptop'))
    return { right: () => signAnew(world, key), wrong: () => signAnew(world, newSecurityKey(site)) }
  },
  // As `second-factor.ts` does: a signature counts for the person who made it.
  verify: async ({ all }, person, typed) => {
    const read = await all.passkeys.verify('browser', typed)
    if (!read.ok) return read
    const { answer } = read
    return { ok: true, answer: { judge: (tx, open) => answer.judge(tx, open && read.person === person) } }
  },
})
