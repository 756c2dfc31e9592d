import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { days, hours, minutes } from '../../src/clock.ts'
import { movableClock } from '../world/clock.ts'
import { confirmContact } from '../world/contacts.ts'
import type { CrowdMember } from '../world/crowd.ts'
import { enrolPasskey, optionsIn, printSheet, settleFactors } from '../world/factors.ts'
import { available, type PortalFixture, startPortal } from '../world/portal.ts'
import { newSecurityKey } from '../world/security-key.ts'
import { newVisitor, type Visitor } from '../world/visitor.ts'
import {
  createRefusalTraces,
  longWays,
  type ObservedAnswer,
  type RefusalCase,
  refusalKinds,
  refusalLimits,
  type Send,
} from './refusal-trace.ts'
import { type Identification, identified, journeyRefOf, otherIdentifications } from './refused-journeys.ts'

/**
 * As in `refusals.test.ts`, of every proof that a recovery asks for besides the joker. Of each proof one test compares all states, with a
 * right answer and with a wrong one: once, again, at once, and in two journeys of one person.
 */
const start = '/fr/mot-de-passe'
const page = '/fr/mot-de-passe/preuve'
const tries = 5

type Which = 'right' | 'wrong'
type Fields = Readonly<Record<string, string>>
/** The answers in one journey; those that are sent at once are the same. */
type Answers = { readonly next: (which: Which) => Promise<Fields>; readonly sent: () => void }
/** How a browser gets to the form of the proof, and what its person types there. `own`: the journey is of this person. */
type Ready = (visitor: Visitor, own?: boolean) => Promise<Answers>
type Settled = 'settled' | 'young'
type RecoveryProof = {
  readonly proof: string
  /** Gives the proof to the person. */
  readonly give: (person: CrowdMember, since: Settled) => Promise<Ready>
  /** How long until it expires, before the journey or within it. */
  readonly expires?: { readonly after: number; readonly withinJourney: boolean }
  /** Compared while the person is closed alone: the other states have the same proof against another answer. */
  readonly closedOnly?: true
  /** It proves nothing in its first day. */
  readonly settles?: true
  /** It is sent to open accounts alone: the state begins before the journey, and is lifted while it is asked for. */
  readonly sent?: true
}

type Happening = (person: CrowdMember) => Promise<unknown>
type ClosedState = { readonly shut: Happening; readonly reopen: Happening }

describe.each(refusalKinds.filter(available))('a refusal of a proof of a recovery, on $store', kind => {
  let fixture: PortalFixture
  const clock = movableClock()
  beforeAll(async () => {
    const asked = [
      ['mail-code'],
      ['joker', 'sms-code'],
      ['passkey'],
      ['recovery-code'],
      ['helpdesk-code'],
    ] as const
    fixture = await startPortal({
      ...kind,
      clock,
      crowd: 420,
      config: {
        limits: {
          ...{ ...refusalLimits, codeTries: tries, pendingSignInTries: tries },
          // A code expires within the journey that asked for it, and the next one is asked for later.
          ...{ journeyIdle: hours(2), journeyMaxAge: hours(2) },
        },
        recovery: { password: { staff: asked } },
      },
    })
  })
  afterAll(() => fixture?.stop())
  const { compare, inStore, changeEntry, close } = createRefusalTraces(() => fixture)

  const choose = (visitor: Visitor, laquelle: string) =>
    visitor.post(page, { laquelle, demarche: journeyRefOf(visitor) })
  const signedIn = async ({ login, initialPassword }: CrowdMember) => {
    const visitor = newVisitor(fixture.url)
    await visitor.signIn(login, initialPassword)
    return visitor
  }
  /** The same two codes for every answer. */
  const typed = (right: string, wrong: string): Answers => ({
    next: async which => ({ code: which === 'right' ? right : wrong }),
    sent: () => {},
  })

  /** The codes that were sent there, once there are so many. */
  const codesTo = async (recipient: string, count: number) => {
    for (;;) {
      await fixture.portal.outbox.run()
      const mails = await fixture.application.store.read
        .selectFrom('demo_mails')
        .select(['subject', 'body'])
        .where('recipient', '=', recipient)
        .orderBy('received_at')
        .execute()
      const codes = mails
        .filter(({ subject }) => subject === 'SMS' || subject.startsWith('Votre code'))
        .flatMap(({ body }) => /\b\d{4}\s?\d{4}\b/.exec(body)?.[0] ?? [])
      if (codes.length >= count) return codes
      await clock.sleep(10)
    }
  }
  const otherDigits = (code: string) => code.replace(/\d/g, digit => String(9 - Number(digit)))

  const sentCode = (kindOf: 'mail-code' | 'sms-code', recipientOf: (person: CrowdMember) => string) => ({
    sent: true as const,
    expires: { after: minutes(10), withinJourney: true },
    give: async (person: CrowdMember): Promise<Ready> => {
      const to = recipientOf(person)
      await confirmContact(fixture, person, to)
      await inStore(tx =>
        tx
          .updateTable('contacts')
          .set(eb => ({ confirmed_at: eb('confirmed_at', '-', days(2)) }))
          .where('person', '=', person.id)
          .execute(),
      )
      let asked = 0
      return async (visitor, own = true) => {
        await choose(visitor, kindOf)
        // Nobody gets the code of a journey of a wrong date or number: the right one is that of another journey of the person.
        if (!own) await choose(await identified(fixture, start, person), kindOf)
        asked += 1
        const right = (await codesTo(to, asked)).at(-1) ?? ''
        return typed(right, otherDigits(right))
      }
    },
  })

  let stranger: ReturnType<typeof newSecurityKey>
  const passkeyAgainst = (wrongKey: () => Promise<typeof stranger>) => ({
    settles: true as const,
    give: async (person: CrowdMember, since: Settled): Promise<Ready> => {
      const keys = { right: await enrolPasskey(await signedIn(person), fixture.url), wrong: await wrongKey() }
      if (since === 'settled') await settleFactors(fixture, person.id)
      return async visitor => {
        const ask = async () => {
          await choose(visitor, 'passkey')
          return optionsIn((await visitor.get(page)).html)
        }
        // A challenge is answered once: the next answer asks for another.
        let options: Promise<{ challenge: string }> | null = Promise.resolve(await ask())
        return {
          next: async which => {
            options ??= ask()
            return { cle: keys[which].sign(await options) }
          },
          sent: () => {
            options = null
          },
        }
      }
    },
  })
  const newUnknownKey = async () =>
    newSecurityKey({ origin: `http://localhost:${new URL(fixture.url).port}`, host: 'localhost' })
  const keyOfStranger = async () => {
    const owner = fixture.crowd.at(-1)
    if (!owner) throw new Error('the crowd is empty')
    stranger ??= await enrolPasskey(await signedIn(owner), fixture.url)
    await settleFactors(fixture, owner.id)
    return stranger
  }

  const proofs: readonly RecoveryProof[] = [
    {
      proof: 'a code by mail',
      ...sentCode('mail-code', ({ login }) => `${login}@maison.example`),
    },
    { proof: 'a code by text message', ...sentCode('sms-code', ({ number }) => `+33612${number}`) },
    {
      proof: 'a code of the helpdesk',
      expires: { after: hours(1), withinJourney: false },
      give: async person => {
        const found = await fixture.application.directory.findLogin(person.login)
        if (!found.ok || !found.person) throw new Error(person.login)
        const why = { by: 'test', reason: 'test' }
        const issued = await fixture.application.helpdesk.issueRecoveryCode(found.person, why)
        if (!issued.ok) throw new Error(issued.reason)
        return async visitor => {
          await choose(visitor, 'helpdesk-code')
          return typed(issued.code, 'AAAA-BBBB-CCCC')
        }
      },
    },
    {
      proof: 'a printed code',
      settles: true,
      give: async (person, since) => {
        const [right = ''] = await printSheet(await signedIn(person))
        if (since === 'settled') await settleFactors(fixture, person.id)
        return async visitor => {
          await choose(visitor, 'recovery-code')
          return typed(right, 'ABCD-EFGH-JKMN-PQRS')
        }
      },
    },
    { proof: 'a passkey, against that of somebody else', ...passkeyAgainst(keyOfStranger) },
    { proof: 'a passkey, against one that nobody has', ...passkeyAgainst(newUnknownKey), closedOnly: true },
  ]

  const unfreeze = ({ id }: CrowdMember) =>
    inStore(tx => tx.deleteFrom('freezes').where('person', '=', id).execute())
  const closedStates: Readonly<Record<string, ClosedState>> = {
    frozen: { shut: ({ id }) => close(id, 'frozen'), reopen: unfreeze },
    'closed to recovery': { shut: ({ id }) => close(id, 'recovery-closed'), reopen: unfreeze },
    ended: {
      shut: ({ id }) => changeEntry(id, { closed: 'by-record' }),
      reopen: ({ id }) => changeEntry(id, { closed: false }),
    },
  }

  const formOf =
    (visitor: Visitor, { next, sent }: Answers): Send =>
    async which => {
      const fields = await next(which as Which)
      const answer = await visitor.post(page, { ...fields, demarche: journeyRefOf(visitor) })
      sent()
      return answer
    }
  const spend = async (send: Send) => {
    const answers: ObservedAnswer[] = []
    for (let tried = 0; tried < tries; tried += 1) answers.push(await send('wrong'))
    return send
  }

  const secrets = { right: 'right', wrong: 'wrong' }
  const caseOf = (
    { proof, give }: RecoveryProof,
    state: string,
    reach: (person: CrowdMember, ready: Ready) => Promise<Send>,
    { since = 'settled', before = async () => {} }: { since?: Settled; before?: Happening } = {},
  ): RefusalCase => ({
    proof,
    state,
    page,
    unmarked: true,
    prepare: async person => {
      const ready = await give(person, since)
      await before(person)
      return { secrets, open: () => reach(person, ready) }
    },
  })

  const casesOf = (proof: RecoveryProof): readonly RefusalCase[] => {
    const open = async (person: CrowdMember, ready: Ready) => {
      const visitor = await identified(fixture, start, person)
      return formOf(visitor, await ready(visitor))
    }
    const openAs = async (other: Identification, ready: Ready) => {
      const visitor = await identified(fixture, start, other)
      return formOf(visitor, await ready(visitor, false))
    }
    const closed = Object.entries(closedStates).map(([state, { shut, reopen }]) =>
      caseOf(proof, state, async (person, ready) => {
        await shut(person)
        const visitor = await identified(fixture, start, person)
        if (proof.sent) await reopen(person)
        const answers = await ready(visitor)
        await shut(person)
        return formOf(visitor, answers)
      }),
    )
    const { expires, closedOnly } = proof
    if (closedOnly) return closed
    return [
      ...closed,
      ...Object.entries(otherIdentifications).map(([state, typedFor]) =>
        caseOf(proof, state, (person, ready) => openAs(typedFor(person), ready)),
      ),
      caseOf(proof, 'out of tries', async (person, ready) => spend(await open(person, ready))),
      caseOf(
        proof,
        'privileged and out of tries',
        async (person, ready) => spend(await open(person, ready)),
        {
          before: ({ id }) => changeEntry(id, { privileged: true }),
        },
      ),
      ...(expires
        ? [
            caseOf(
              proof,
              'expired',
              async (person, ready) => {
                const send = await open(person, ready)
                if (expires.withinJourney) clock.forward(expires.after)
                return send
              },
              { before: async () => !expires.withinJourney && clock.forward(expires.after) },
            ),
          ]
        : []),
      ...(proof.settles ? [caseOf(proof, 'in its first day', open, { since: 'young' })] : []),
    ]
  }

  it.each(proofs)(
    '$proof: the same for a right answer and a wrong one, in every state and way',
    async proof => {
      for (const one of casesOf(proof))
        for (const way of longWays) {
          const { right, wrong } = await compare(one, way)
          expect(right, `${one.state}, ${way.way}`).toEqual(wrong)
        }
    },
  )
})
