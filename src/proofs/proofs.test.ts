import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { appOf } from '../../test/world/factors.ts'
import { type ProofCase, proofContract, site, type World } from '../../test/world/proof-contract.ts'
import { root } from '../../test/world/root.ts'
import { newSecurityKey } from '../../test/world/security-key.ts'
import { hours, minutes } from '../clock.ts'
import { unseal } from '../crypto/crypto.ts'
import { noticeKinds } from '../notify/notify.ts'
import type { Destination } from './code/destination.ts'
import { keptProofs, proofs, secondFactors } from './proof-list.ts'

const client = { network: 'n', queueKey: 'q' }

const joker: ProofCase = {
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
}

/** The last code that was sent, as its mail shows it. */
const lastCode = async ({ store, keys }: World) => {
  const row = (await store.read.selectFrom('mails').selectAll().execute()).at(-1)
  const facts = JSON.parse(unseal(keys.of('seal-mail'), `mails.facts.${row?.id}`, row?.facts ?? ''))
  return String(facts.events[0].code)
}

const sentCode = (name: 'mailCodes' | 'smsCodes', to: string): ProofCase => ({
  name,
  holder: person => `request:${person}`,
  begin: async (world, person) => {
    const sent = await world.all[name].begin({
      codeRequest: `request:${person}`,
      to: to as Destination,
      person,
      name: 'Camille',
      language: 'fr',
      network: { id: 'home', campus: false },
    })
    if (!sent.ok) throw new Error(sent.reason)
    const code = await lastCode(world)
    return { right: async () => code, wrong: async () => code.replace(/\d/g, d => String(9 - Number(d))) }
  },
  verify: ({ all }, person, typed) => all[name].verify(`request:${person}`, typed),
})

const activationCode: ProofCase = {
  name: 'activationCodes',
  begin: async ({ all, transaction }, person) => {
    const code = await transaction(tx => all.activationCodes.begin(tx, person, hours(24)))
    return { right: async () => code, wrong: async () => 'AAAA-BBBB-CCCC-DDDD' }
  },
  verify: ({ all }, person, typed, known) =>
    all.activationCodes.verify({ subject: person, person: known ? person : null, network: 'n' }, typed),
}

const authenticator: ProofCase = {
  name: 'authenticators',
  begin: async ({ all, transaction, clock }, person) => {
    const names = { issuer: 'Sésame', label: person }
    await transaction(tx => all.authenticators.begin(tx, person, 'laptop'))
    const offer = await all.authenticators.offer(person, 'laptop', names)
    const app = appOf(offer?.letters ?? '')
    await transaction(tx => all.authenticators.confirm(tx, person, 'laptop', app(clock.now())))
    clock.forward(minutes(1))
    const wrong = () => String((Number(app(clock.now())) + 1) % 1e6).padStart(6, '0')
    return { right: async () => app(clock.now()), wrong: async () => wrong() }
  },
  verify: ({ all }, person, typed) => all.authenticators.verify({ person }, typed),
}

const recoveryCode: ProofCase = {
  name: 'recoveryCodes',
  begin: async ({ all, transaction }, person) => {
    const made = await all.recoveryCodes.begin(person, 'laptop', client)
    if (!made.ok) throw new Error(made.reason)
    const [first = '', ...codes] = made.codes
    const read = await all.recoveryCodes.read(person, first, { waitingIn: 'laptop' }, client)
    await transaction(tx => all.recoveryCodes.confirm(tx, person, read.ok ? read.code : null))
    return { right: async () => codes[0] ?? '', wrong: async () => '0000-0000-0000-0000' }
  },
  verify: ({ all }, person, typed) => all.recoveryCodes.verify({ ...client, person }, typed),
}

const signAnew = async ({ all }: World, key: ReturnType<typeof newSecurityKey>) => {
  await all.passkeys.begin('browser', 'prove')
  return key.sign((await all.passkeys.proofOptions('browser', null)) ?? { challenge: '' })
}

const passkey: ProofCase = {
  name: 'passkeys',
  begin: async (world, person) => {
    const { passkeys } = world.all
    const key = newSecurityKey(site)
    await passkeys.begin('session', 'enrol')
    const options = await passkeys.enrolmentOptions('session', { person, login: person, displayName: person })
    if (!options) throw new Error('nothing was begun')
    const answer = key.make(options)
    await passkeys.enrol('session', { person, session: 'laptop', name: 'Téléphone', answer })
    const read = await passkeys.read('browser', await signAnew(world, key))
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
}

const cases: readonly ProofCase[] = [
  joker,
  sentCode('mailCodes', 'camille@maison.example'),
  sentCode('smsCodes', '+33612345678'),
  activationCode,
  passkey,
  authenticator,
  recoveryCode,
]

for (const one of cases) proofContract(one)

describe('the list of the proofs', () => {
  it('has a case of the contract for each of them', () => {
    expect(cases.map(({ name }) => name)).toEqual(proofs.map(({ name }) => name))
  })

  it('gives each proof a name of its own in rows, in the journal and for the helpdesk', () => {
    const kinds = proofs.map(({ kind }) => kind)
    expect(new Set(kinds).size).toBe(kinds.length)
    const whats = keptProofs.map(({ removal }) => removal.what)
    expect(new Set(whats).size).toBe(whats.length)
  })

  it('gives each table of a proof one retention and one line of the privacy statement', () => {
    for (const { kind, retention, categories } of proofs)
      expect(Object.keys(retention).sort(), kind).toEqual(Object.keys(categories).sort())
  })

  it('names notices that have a mail, and sections of the help that exist', () => {
    const topics = join(root, 'src', 'help', 'topics')
    const help = readdirSync(topics).map(file => readFileSync(join(topics, file), 'utf8'))
    for (const { kind, notices, help: explained } of proofs) {
      expect(
        Object.keys(notices).filter(name => !noticeKinds.some(known => known === name)),
        kind,
      ).toEqual([])
      expect(help.join('\n'), kind).toContain(`id: '${explained.section}'`)
    }
  })

  it('recognises what is typed as one second factor at most', () => {
    const hinted = secondFactors.filter(({ factor }) => factor.hint !== undefined).map(({ kind }) => kind)
    expect(hinted).toEqual(['authenticator', 'recovery-code'])
  })
})
