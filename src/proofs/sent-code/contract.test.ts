import { type ProofCase, proofContract, type World } from '../../../test/world/proof-contract.ts'
import { unseal } from '../../crypto/crypto.ts'
import type { Destination } from './destination.ts'

/** The last code that was sent, as its mail shows it. */
const lastCode = async ({ store, keys }: World) => {
  const row = (await store.read.selectFrom('mails').selectAll().execute()).at(-1)
  const facts = JSON.parse(unseal(keys.of('seal-mail'), `mails.facts.${row?.id}`, row?.facts ?? ''))
  return String(facts.events[0].code)
}

/** A code that is sent to this destination. */
const sentTo = (name: 'mailCodes' | 'smsCodes', to: string): Omit<ProofCase, 'name'> => ({
  holder: person => `request:${person}`,
  begin: async (world, person) => {
    const sent = await world.all[name].begin({
      codeRequest: `request:${person}`,
      to: to as Destination,
      person,
      name: 'Camille',
      language: 'fr',
      device: '',
      network: { id: 'home', campus: false },
    })
    if (!sent.ok) throw new Error(sent.reason)
    const code = await lastCode(world)
    return { right: async () => code, wrong: async () => code.replace(/\d/g, d => String(9 - Number(d))) }
  },
  verify: ({ all }, person, typed) => all[name].verify(`request:${person}`, typed),
})

proofContract({ name: 'mailCodes', ...sentTo('mailCodes', 'camille@maison.example') })
proofContract({ name: 'smsCodes', ...sentTo('smsCodes', '+33612345678') })
