import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { days, minutes } from '../../src/clock.ts'
import { movableClock } from '../world/clock.ts'
import type { CrowdMember } from '../world/crowd.ts'
import { codeSentTo } from '../world/mailbox.ts'
import { available, type PortalFixture, startPortal } from '../world/portal.ts'
import { newVisitor } from '../world/visitor.ts'
import { wrongActivationCode } from '../world/wrong-codes.ts'
import {
  createRefusalTraces,
  type RefusalCase,
  refusalKinds,
  refusalLimits,
  type Send,
  times,
  ways,
} from './refusal-trace.ts'
import { type Identification, inJourney, jokerPage, otherIdentifications } from './refused-journeys.ts'

/**
 * A refusal must not depend on whether the secret was right. Every proof is tried in every state in which it is refused, with the
 * right secret and with a wrong one: once, repeated, at once and in two journeys. The answers and the store must be the same. An
 * attacker who learns that a refused answer is right can take over the account later. Here the joker, the letter, the password and the
 * codes of contacts; `recovery-refusals.test.ts` and `factor-refusals.test.ts` have the other proofs.
 */
describe.each(refusalKinds.filter(available))('a refusal, on $store', kind => {
  let fixture: PortalFixture
  const clock = movableClock()
  beforeAll(async () => {
    fixture = await startPortal({
      ...kind,
      clock,
      crowd: 700,
      config: { limits: refusalLimits },
    })
  })
  afterAll(() => fixture?.stop())

  const { compare, inStore, changeEntry, close } = createRefusalTraces(() => fixture)

  const jokerJourneys = [
    { ...jokerPage, proof: 'the joker of a password' },
    { ...jokerPage, proof: 'the joker of an identifier', start: '/fr/identifiant' },
  ]
  const activation = { start: '/fr/activation', page: 'code', field: 'code' }

  /** Five wrong answers from another browser: the question is suspended. */
  const suspend = async (person: CrowdMember) => {
    const send = await inJourney(fixture, jokerPage, person)
    for (let tried = 0; tried < 5; tried += 1) await send(`faux ${tried}`)
  }
  const answers = { right: 'rex', wrong: 'medor' }

  const closings: Readonly<Record<string, (person: CrowdMember) => Promise<unknown>>> = {
    suspended: suspend,
    frozen: ({ id }) => close(id, 'frozen'),
    'closed to recovery': ({ id }) => close(id, 'recovery-closed'),
    ended: ({ id }) => changeEntry(id, { closed: 'by-record' }),
    'privileged and suspended': async person => {
      await changeEntry(person.id, { privileged: true })
      await suspend(person)
    },
    'frozen and suspended': async person => {
      await suspend(person)
      await close(person.id, 'frozen')
    },
  }

  const jokerCases = jokerJourneys.flatMap(journeyKind => [
    ...Object.entries(closings).map(
      ([state, shut]): RefusalCase => ({
        proof: journeyKind.proof,
        state,
        page: `${journeyKind.start}/question-joker`,
        prepare: async person => {
          await shut(person)
          return { secrets: answers, open: () => inJourney(fixture, journeyKind, person) }
        },
      }),
    ),
    ...Object.entries(otherIdentifications).map(
      ([state, typedFor]): RefusalCase => ({
        proof: journeyKind.proof,
        state,
        page: `${journeyKind.start}/question-joker`,
        prepare: async person => ({
          secrets: answers,
          open: () => inJourney(fixture, journeyKind, typedFor(person)),
        }),
      }),
    ),
  ])

  const spendLetter = async (person: CrowdMember) => {
    const send = await inJourney(fixture, activation, person)
    for (let tried = 0; tried < 10; tried += 1) await send(wrongActivationCode(tried))
  }
  const letters: Readonly<Record<string, (person: CrowdMember) => Promise<unknown>>> = {
    'out of tries': spendLetter,
    frozen: ({ id }) => close(id, 'frozen'),
    'closed to recovery': ({ id }) => close(id, 'recovery-closed'),
    ended: ({ id }) => changeEntry(id, { closed: 'by-record' }),
    expired: async () => clock.forward(days(2)),
    'privileged and out of tries': async person => {
      await changeEntry(person.id, { privileged: true })
      await spendLetter(person)
    },
    'frozen and out of tries': async person => {
      await spendLetter(person)
      await close(person.id, 'frozen')
    },
  }

  const letterOf = async ({ id }: CrowdMember) => {
    await inStore(tx => tx.deleteFrom('jokers').where('person', '=', id).execute())
    return inStore<string>(tx => fixture.application.proofs.activationCodes.make(tx, id, days(1)))
  }
  const letterCase = (
    state: string,
    shut: (person: CrowdMember) => Promise<unknown>,
    typedFor: (person: Identification) => Identification = person => person,
  ): RefusalCase => ({
    proof: 'the code of a letter',
    state,
    page: '/fr/activation/code',
    prepare: async person => {
      const right = await letterOf(person)
      await shut(person)
      const open = () => inJourney(fixture, activation, typedFor(person))
      return { secrets: { right, wrong: 'ABCD-EFGH-JKMN-PQRS' }, open }
    },
  })
  const letterCases = [
    ...Object.entries(letters).map(([state, shut]) => letterCase(state, shut)),
    ...Object.entries(otherIdentifications).map(([state, typed]) => letterCase(state, async () => {}, typed)),
  ]

  const passwordCases = ['frozen', 'ended'].map(
    (state): RefusalCase => ({
      proof: 'the password of a sign-in',
      state,
      page: '/fr/connexion',
      prepare: async person => {
        await closings[state]?.(person)
        const secrets = { right: person.initialPassword, wrong: 'Faux-Passage-77' }
        return { secrets, open: async () => secret => newVisitor(fixture.url).signIn(person.login, secret) }
      },
    }),
  )

  const contacts = {
    mail: { proof: 'the code of an address', of: ({ login }: CrowdMember) => `${login}@ailleurs.example` },
    mobile: { proof: 'the code of a mobile', of: ({ number }: CrowdMember) => `+33612${number}` },
  } as const
  type Spend = (send: Send, confirm: () => Promise<unknown>) => Promise<unknown>
  const spent: Readonly<Record<string, Spend>> = {
    'out of tries': send => times(5, send, '00000000'),
    // The page needs a recent proof, which is given after the code was sent.
    expired: async (_, confirm) => {
      clock.forward(minutes(9))
      await confirm()
      clock.forward(minutes(2))
    },
  }
  const contactCases = (['mail', 'mobile'] as const).flatMap(channel =>
    Object.entries(spent).map(
      ([state, spend]): RefusalCase => ({
        proof: contacts[channel].proof,
        state,
        page: `/fr/compte/adresses/${channel}`,
        refused: 303,
        prepare: async person => {
          const to = contacts[channel].of(person)
          const visitor = newVisitor(fixture.url)
          await visitor.signIn(person.login, person.initialPassword)
          await visitor.post('/fr/compte/adresses', { faire: channel, [channel]: to })
          const right = await codeSentTo(fixture, to)
          const page = `/fr/compte/adresses/${channel}`
          const send: Send = secret => visitor.post(page, { code: secret })
          await spend(send, () =>
            visitor.post('/fr/connexion/confirmer/adresses', { motdepasse: person.initialPassword }),
          )
          const openShown = () => visitor.get(page)
          return { secrets: { right, wrong: '11111111' }, open: async () => send, openShown }
        },
      }),
    ),
  )

  const cases: readonly RefusalCase[] = [...jokerCases, ...letterCases, ...passwordCases, ...contactCases]

  describe.each(cases)('of $proof, $state', one => {
    it.each(ways)('sent $way: the same for the right secret and for a wrong one', async way => {
      const { right, wrong } = await compare(one, way)
      expect(right).toEqual(wrong)
    })
  })
})
