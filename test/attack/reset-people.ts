import type { Application } from '../../src/application.ts'
import { days } from '../../src/clock.ts'
import type { CrowdMember } from '../world/crowd.ts'
import { appOf, settleFactors } from '../world/factors.ts'
import { newSecurityKey } from '../world/security-key.ts'
import { setEnded } from './desk.ts'
import { emptySecrets, type Secrets } from './proofs.ts'
import { emptyState, type State } from './state.ts'

type RelyingParty = { readonly origin: string; readonly host: string }

/** Registers a passkey that is already confirmed by a first use. */
export const createPasskey = async (
  application: Application,
  { id, login }: CrowdMember,
  secrets: Secrets,
  relyingParty: RelyingParty,
) => {
  const { store } = application
  const { passkeys } = application.proofs
  const holder = `seat:${id}`
  const key = newSecurityKey(relyingParty)
  await passkeys.begin(holder, 'enrol')
  const options = await passkeys.enrolmentOptions(holder, { person: id, login, displayName: login })
  if (!options) throw new Error('no passkey could be begun')
  const answer = key.make({ challenge: options.challenge, user: options.user })
  const made = await passkeys.enrol(holder, { person: id, session: holder, name: key.id, answer })
  if (!made.ok) throw new Error(made.reason)
  await store.transaction(tx =>
    tx.updateTable('passkeys').set({ confirmed_at: 1 }).where('id', '=', made.passkey).execute(),
  )
  secrets.keys.set(key.id, key)
  return key.id
}

/** Prints a sheet and confirms it with its first code. Returns the unused codes. */
export const createSheet = async (
  { proofs: { recoveryCodes }, store }: Application,
  { id }: CrowdMember,
  secrets: Secrets,
) => {
  const who = { network: 'seat', queueKey: `seat:${id}` }
  const made = await recoveryCodes.make(id, who.queueKey, who)
  if (!made.ok) throw new Error(made.reason)
  const [first = '', ...left] = made.codes
  const read = await recoveryCodes.read(id, first, { waitingIn: who.queueKey }, who)
  if (!read.ok) throw new Error(read.reason)
  await store.transaction(tx => recoveryCodes.confirm(tx, id, read.code))
  await settleFactors({ application: { store } }, id)
  secrets.printed.set(id, [...made.codes])
  return left
}

/** Confirms the app that was begun. Returns its secret. */
const confirmApp = async (
  { proofs: { authenticators }, store }: Application,
  { id, login }: CrowdMember,
  now: () => number,
) => {
  const offer = await authenticators.offer(id, 'seat', { issuer: 'test', label: login })
  if (!offer) throw new Error('no app was begun')
  await store.transaction(tx => authenticators.confirm(tx, id, 'seat', appOf(offer.letters)(now())))
  return offer.letters
}

const tables = ['contacts', 'authenticators', 'jokers', 'freezes', 'activation_codes', 'passkeys'] as const
/** Mails of earlier sequences, which nobody reads. */
const outgoing = ['notices', 'mails', 'demo_mails'] as const

/** Sets a known password for people whose account a freeze gave a random one. */
const setPasswords = async (
  application: Application,
  people: readonly CrowdMember[],
  passwords: Map<string, string>,
  unique: () => number,
) => {
  for (const { id } of people) {
    if (passwords.has(id)) continue
    const password = `Retour-${unique()}!x`
    await application.directory.write(id, password)
    passwords.set(id, password)
  }
}

/**
 * Resets four people before each sequence: one with a joker only, one with an app and a printed sheet, one who has not activated
 * the account yet, one with a passkey and a printed sheet.
 */
export const resetPeople = async (
  application: Application,
  people: readonly CrowdMember[],
  given: {
    readonly passwords: Map<string, string>
    readonly relyingParty: RelyingParty
    readonly now: () => number
    readonly unique: () => number
  },
): Promise<{ state: State; secrets: Secrets }> => {
  const { passwords, relyingParty, now, unique } = given
  const [plain, careful, newcomer, keyed] = people as [CrowdMember, CrowdMember, CrowdMember, CrowdMember]
  const { store } = application
  const { joker, authenticators, activationCodes, recoveryCodes } = application.proofs
  const [secrets, state] = [emptySecrets(), { ...emptyState(), passwords }]
  const hashed = await joker.hashAnswer('rex')
  if (!hashed.ok) throw new Error(hashed.reason)
  const activationCode = await store.transaction(async tx => {
    for (const table of outgoing) await tx.deleteFrom(table).execute()
    const ids = people.map(({ id }) => id)
    await setEnded(tx, ids, false)
    for (const table of tables) await tx.deleteFrom(table).where('person', 'in', ids).execute()
    for (const id of ids) await recoveryCodes.remove(tx, id)
    for (const table of ['activations', 'password_history', 'known_browsers', 'sessions'] as const)
      await tx.deleteFrom(table).where('person', '=', newcomer.id).execute()
    await tx
      .updateTable('people')
      .set({ password_chosen_at: null })
      .where('person', '=', newcomer.id)
      .execute()
    for (const { id } of [plain, careful, keyed])
      await joker.set(tx, { person: id, question: 'pet', free: false, kept: hashed.kept })
    await authenticators.begin(tx, careful.id, 'seat')
    return activationCodes.make(tx, newcomer.id, days(1))
  })
  // At once, so that the store can commit them together.
  const [appSecret, key, ...sheets] = await Promise.all([
    confirmApp(application, careful, now),
    createPasskey(application, keyed, secrets, relyingParty),
    createSheet(application, careful, secrets),
    createSheet(application, keyed, secrets),
    setPasswords(application, people, passwords, unique),
  ])
  state.apps.set(careful.id, appSecret)
  state.keys.set(keyed.id, [key])
  for (const [at, { id }] of [careful, keyed].entries()) state.sheets.set(id, sheets[at] ?? [])
  for (const { id } of [plain, careful, keyed]) {
    state.answers.set(id, 'rex')
    state.active.add(id)
  }
  state.activationCodes.set(newcomer.id, activationCode)
  secrets.activationCodes.set(newcomer.id, activationCode)
  return { state, secrets }
}
