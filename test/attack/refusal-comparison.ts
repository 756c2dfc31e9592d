import { days } from '../../src/clock.ts'
import { digestOf } from '../../src/crypto/crypto.ts'
import type { CrowdMember } from '../world/crowd.ts'
import type { JourneyKind, RefusalCause, RefusedProof } from './actions.ts'
import { type Client, newClient, type Reply } from './client.ts'
import { setEnded } from './desk.ts'
import { Vulnerability } from './event-effects.ts'
import { pathsOf } from './expectations.ts'
import type { AttackTarget } from './run-sequence.ts'

/**
 * Two people whom the portal refuses for the same reason send the same forms, once and several times at once: the first with the
 * right secret, the second with a wrong one. The answers and the rows in the store must be the same for both, otherwise a refusal
 * would reveal whether the secret was right.
 */
export type RefusalScenario = {
  readonly cause: RefusalCause
  readonly proof: RefusedProof
  /** After one request alone, how many times the same form is sent at once. */
  readonly bursts: readonly number[]
}

type RefusedPerson = CrowdMember & { readonly client: Client; readonly password: string }

const answer = 'rex'
const journeyKinds: { readonly [proof in Exclude<RefusedProof, 'password'>]: JourneyKind } = {
  answer: 'password',
  identifier: 'identifier',
  'activation-code': 'activation',
}

/** Removes every cause of refusal. Returns a new activation code. */
const resetPerson = async ({ application }: AttackTarget, { id }: CrowdMember) => {
  const hashed = await application.proofs.joker.hashAnswer(answer)
  if (!hashed.ok) throw new Error(hashed.reason)
  return application.store.transaction(async tx => {
    await setEnded(tx, [id], false)
    for (const table of ['joker_tries', 'joker_suspensions'] as const)
      await tx.deleteFrom(table).where('subject', '=', id).execute()
    for (const table of ['freezes', 'activations', 'password_history'] as const)
      await tx.deleteFrom(table).where('person', '=', id).execute()
    await tx.updateTable('people').set({ password_chosen_at: null }).where('person', '=', id).execute()
    await application.proofs.joker.set(tx, { person: id, question: 'pet', free: false, kept: hashed.kept })
    return application.proofs.activationCodes.make(tx, id, days(1))
  })
}

const identify = ({ client, number, date }: RefusedPerson, journeyKind: JourneyKind) =>
  client.post(`${pathsOf[journeyKind].start}/identification/numero-personnel`, {
    numero: number,
    naissance: date,
  })

const journeyRefAt = async ({ client }: RefusedPerson, path: string) =>
  /name="demarche" value="([^"]*)"/.exec((await client.get(path)).html)?.[1] ?? ''

const suspend = async (person: RefusedPerson) => {
  await identify(person, 'password')
  const path = `${pathsOf.password.start}/question-joker`
  const demarche = await journeyRefAt(person, path)
  for (const nth of [1, 2, 3, 4, 5]) await person.client.post(path, { reponse: `rate ${nth}`, demarche })
}

const close = (
  { application, now }: AttackTarget,
  { id }: RefusedPerson,
  kind: 'frozen' | 'recovery-closed',
) =>
  application.store.transaction(tx =>
    application.accounts.freezes.put(tx, {
      person: id,
      kind,
      until: now() + days(7),
      by: 'test',
      reason: 'test',
    }),
  )

const applyCause: {
  readonly [cause in RefusalCause]: (target: AttackTarget, person: RefusedPerson) => Promise<unknown>
} = {
  suspended: (_, person) => suspend(person),
  frozen: (target, person) => close(target, person, 'frozen'),
  closed: (target, person) => close(target, person, 'recovery-closed'),
  ended: ({ application }, { id }) => application.store.transaction(tx => setEnded(tx, [id], true)),
}

/** The answer without values that differ for every journey and time. */
const visibleAnswer = ({ status, location, html, set }: Reply) =>
  [status, location, Object.keys(set).join(), html.replace(/value="[^"]*"/g, '').replace(/\d+/g, '#')].join(
    ' ',
  )

const rowsLeft = async ({ application }: AttackTarget, { id, client }: RefusedPerson) => {
  const { read } = application.store
  const journey = await read
    .selectFrom('journeys')
    .select(['state', 'version', 'facts', 'refusals'])
    .where('id', '=', digestOf(client.cookies().journey))
    .executeTakeFirst()
  const tries = await read.selectFrom('joker_tries').select('id').where('subject', '=', id).execute()
  const suspensions = await read
    .selectFrom('joker_suspensions')
    .select(['browser', 'level'])
    .where('subject', '=', id)
    .execute()
  const sessions = await read.selectFrom('sessions').select('id').where('person', '=', id).execute()
  return JSON.stringify([
    journey?.state,
    journey?.version,
    journey?.refusals,
    Object.keys(JSON.parse(journey?.facts ?? '{}')).sort(),
    tries.length,
    sessions.length,
    suspensions,
  ])
}

type Form = { readonly path: string; readonly body: Readonly<Record<string, string>> }

/** The form that carries the secret; `right` says which secret. */
const formOf = async (
  person: RefusedPerson,
  proof: RefusedProof,
  right: boolean,
  activationCode: string,
): Promise<Form> => {
  if (proof === 'password')
    return {
      path: '/fr/connexion',
      body: { identifiant: person.login, motdepasse: right ? person.password : 'Faux-Passage-77' },
    }
  await identify(person, journeyKinds[proof])
  const path = `${pathsOf[journeyKinds[proof]].start}/${proof === 'activation-code' ? 'code' : 'question-joker'}`
  const demarche = await journeyRefAt(person, path)
  if (proof === 'activation-code')
    return { path, body: { code: right ? activationCode : 'AAAA-BBBB-CCCC-DDDD', demarche } }
  return { path, body: { reponse: right ? answer : 'medor', demarche } }
}

/** Sends all forms of one person. Returns each answer and the rows in the store after it. */
const observeRefusals = async (
  target: AttackTarget,
  person: RefusedPerson,
  { cause, proof, bursts }: RefusalScenario,
  right: boolean,
): Promise<readonly string[]> => {
  const activationCode = await resetPerson(target, person)
  // The cause is applied before identification: a journey that began earlier learns of it only at the write.
  await applyCause[cause](target, person)
  const form = await formOf(person, proof, right, activationCode)
  const observations: string[] = []
  for (const times of [1, ...bursts]) {
    const replies = await Promise.all(
      Array.from({ length: times }, () => person.client.post(form.path, form.body)),
    )
    observations.push(...replies.map(visibleAnswer).sort(), await rowsLeft(target, person))
  }
  // A second journey from the beginning.
  const again = await formOf(person, proof, right, activationCode)
  observations.push(
    visibleAnswer(await person.client.post(again.path, again.body)),
    await rowsLeft(target, person),
  )
  return observations
}

export const compareRefusals = async (
  target: AttackTarget,
  given: { pair: readonly CrowdMember[]; passwords: ReadonlyMap<string, string>; port: () => number },
  refusedPair: RefusalScenario,
) => {
  const histories: (readonly string[])[] = []
  for (const [at, crowdMember] of given.pair.entries()) {
    const client = newClient(target.host, given.port)
    const person = { ...crowdMember, client, password: given.passwords.get(crowdMember.id) ?? '' }
    histories.push(await observeRefusals(target, person, refusedPair, at === 0))
  }
  const [right = [], wrong = []] = histories
  const differs = right.findIndex((one, at) => one !== wrong[at])
  if (differs === -1 && right.length === wrong.length) return
  throw new Vulnerability(
    `a refusal reveals whether ${refusedPair.proof} was right, without a proof (${refusedPair.cause}, ${refusedPair.bursts}): ` +
      `${right[differs]?.slice(0, 300)} | ${wrong[differs]?.slice(0, 300)}`,
  )
}
