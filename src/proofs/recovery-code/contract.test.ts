import { proofContract } from '../../../test/world/proof-contract.ts'

const client = { network: 'n', queueKey: 'q' }

const begin: Parameters<typeof proofContract>[0]['begin'] = async ({ all, transaction }, person) => {
  const made = await all.recoveryCodes.begin(person, 'laptop', client)
  if (!made.ok) throw new Error(made.reason)
  const [first = '', ...codes] = made.codes
  const read = await all.recoveryCodes.read(person, first, { waitingIn: 'laptop' }, client)
  await transaction(tx => all.recoveryCodes.confirm(tx, person, read.ok ? read.code : null))
  return { right: async () => codes[0] ?? '', wrong: async () => '0000-0000-0000-0000' }
}

proofContract({
  name: 'recoveryCodes',
  begin,
  verify: ({ all }, person, typed) => all.recoveryCodes.verify({ ...client, person }, typed),
})

/** In a journey, before it is known who types. */
proofContract({
  name: 'recoveryCodes',
  begin,
  verify: ({ all }, person, typed) =>
    all.recoveryCodes.verifyPrinted(
      { ...client, subject: person, person, settledBy: Number.MAX_SAFE_INTEGER },
      typed,
    ),
})
