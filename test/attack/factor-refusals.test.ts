import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hours } from '../../src/clock.ts'
import { movableClock } from '../world/clock.ts'
import type { CrowdMember } from '../world/crowd.ts'
import { enrolApp, enrolPasskey, optionsIn, printSheet } from '../world/factors.ts'
import { available, type PortalFixture, startPortal } from '../world/portal.ts'
import { newSecurityKey } from '../world/security-key.ts'
import { newVisitor, type Visitor } from '../world/visitor.ts'
import {
  createRefusalTraces,
  longWays,
  type RefusalCase,
  refusalKinds,
  refusalLimits,
  type Secrets,
  type Send,
} from './refusal-trace.ts'
import { identified, jokerPage, journeyRefOf } from './refused-journeys.ts'

/** As in `refusals.test.ts`, of the second factors in a journey and at a sign-in, and of a passkey that signs in alone. */

/** More than the tries of an app, so that these can be used up in one journey. */
const pendingSignInTries = 6

type Key = ReturnType<typeof newSecurityKey>
/** Where a second factor is asked for: a browser gets there by what it has proved already. */
type FactorPages = {
  readonly proof: string
  readonly typed: string
  readonly passkey: string
  readonly reach: (person: CrowdMember) => Promise<Visitor>
}

describe.each(refusalKinds.filter(available))('a refusal of a second factor, on $store', kind => {
  let fixture: PortalFixture
  const clock = movableClock()
  beforeAll(async () => {
    fixture = await startPortal({
      ...kind,
      clock,
      crowd: 160,
      config: { limits: { ...refusalLimits, pendingSignInTries } },
    })
  })
  afterAll(() => fixture?.stop())
  const { compare, changeEntry, close } = createRefusalTraces(() => fixture)

  const places: readonly FactorPages[] = [
    {
      proof: 'of a journey',
      typed: '/fr/mot-de-passe/second-element',
      passkey: '/fr/mot-de-passe/cle-d-acces',
      reach: async person => {
        const visitor = await identified(fixture, jokerPage.start, person)
        await visitor.answer('rex')
        return visitor
      },
    },
    {
      proof: 'of a sign-in',
      typed: '/fr/connexion/second-element/compte',
      passkey: '/fr/connexion/cle-d-acces/compte',
      reach: async ({ login, initialPassword }) => {
        const visitor = newVisitor(fixture.url)
        await visitor.signIn(login, initialPassword)
        return visitor
      },
    },
  ]
  /** The form of the page that a browser has reached. */
  const formOf = (visitor: Visitor, page: string, field: string): Send => {
    const demarche = journeyRefOf(visitor)
    return secret => visitor.post(page, { [field]: secret, demarche })
  }
  const signedIn = async ({ login, initialPassword }: CrowdMember) => {
    const visitor = newVisitor(fixture.url)
    await visitor.signIn(login, initialPassword)
    return visitor
  }

  /** What a person has, in service for an hour, gives the right secret and a wrong one. */
  const typedFactors = {
    'the code of an app': async (person: CrowdMember) => {
      const { app } = await enrolApp(await signedIn(person), clock.now)
      clock.forward(hours(1))
      return (): Secrets => {
        const right = app(clock.now())
        return { right, wrong: right === '000000' ? '111111' : '000000' }
      }
    },
    'a printed code': async (person: CrowdMember) => {
      const visitor = await signedIn(person)
      await enrolApp(visitor, clock.now)
      const [right = ''] = await printSheet(visitor)
      clock.forward(hours(1))
      return (): Secrets => ({ right, wrong: 'ABCD-EFGH-JKMN-PQRS' })
    },
  } as const
  const wrongDigits = '999999'
  const freeze = ({ id }: CrowdMember) =>
    fixture.application.helpdesk.freeze(id, { by: 'test', reason: 'test' })
  /** Browsers that got there before something happened to the person. */
  const openedBefore = (sends: readonly Send[]) => {
    const left = [...sends]
    return async () => {
      const send = left.pop()
      if (!send) throw new Error('too few browsers were opened before')
      return send
    }
  }

  const typedCases = places.flatMap(({ proof, typed, reach }) =>
    Object.entries(typedFactors).flatMap(([what, secretsFor]): readonly RefusalCase[] => {
      const open = async (person: CrowdMember) => formOf(await reach(person), typed, 'code')
      const spend = async (send: Send) => {
        for (let tried = 0; tried < pendingSignInTries; tried += 1) await send(wrongDigits)
        return send
      }
      return [
        {
          proof: `${what}, the second factor ${proof}`,
          state: 'frozen meanwhile',
          page: typed,
          refused: 303,
          prepare: async person => {
            const secrets = await secretsFor(person)
            const sends = [await open(person), await open(person), await open(person)]
            await freeze(person)
            return { secrets: secrets(), open: openedBefore(sends) }
          },
        },
        {
          proof: `${what}, the second factor ${proof}`,
          state: 'after as many answers as one may give there',
          page: typed,
          // A sign-in begins again from the password.
          ...(proof === 'of a sign-in' && { refused: 303 }),
          prepare: async person => {
            const secrets = await secretsFor(person)
            return { secrets: secrets(), open: async () => spend(await open(person)) }
          },
        },
      ]
    }),
  )
  /** A printed code is accepted all the same, because nobody guesses one. */
  const spentDigits = places.map(
    ({ proof, typed, reach }): RefusalCase => ({
      proof: `the code of an app, the second factor ${proof}`,
      state: 'out of tries',
      page: typed,
      unmarked: true,
      prepare: async person => {
        const secrets = await typedFactors['the code of an app'](person)
        const open = async () => formOf(await reach(person), typed, 'code')
        const send = await open()
        for (let tried = 0; tried < 5; tried += 1) await send(wrongDigits)
        return { secrets: secrets(), open }
      },
    }),
  )

  /** A key of the same site that is registered for nobody. */
  const newUnknownKey = () =>
    newSecurityKey({ origin: `http://localhost:${new URL(fixture.url).port}`, host: 'localhost' })
  /** Asks for a challenge, and sends the signature of the own key or of another one; another answer needs another challenge. */
  const passkeyForm = async (visitor: Visitor, page: string, own: Key): Promise<Send> => {
    const unknown = newUnknownKey()
    const demarche = journeyRefOf(visitor)
    const ask = async () => {
      await visitor.post(page, { demarche })
      return optionsIn((await visitor.get(page)).html)
    }
    let options = Promise.resolve(await ask())
    let isUsed = false
    return async which => {
      if (isUsed) options = ask()
      isUsed = false
      const cle = (which === 'right' ? own : unknown).sign(await options)
      const answer = await visitor.post(page, { cle, demarche })
      isUsed = true
      return answer
    }
  }
  const keyNames = { right: 'right', wrong: 'wrong' }
  const withPasskey = async (person: CrowdMember) => {
    const key = await enrolPasskey(await signedIn(person), fixture.url)
    clock.forward(hours(1))
    return key
  }

  const passkeyCases = places.map(
    ({ proof, passkey, reach }): RefusalCase => ({
      proof: `a passkey, the second factor ${proof}`,
      state: 'frozen meanwhile',
      page: passkey,
      unmarked: true,
      // An answer after the first begins another sign-in, by the passkey alone.
      refused: proof === 'of a sign-in' ? [303, 422] : 303,
      prepare: async person => {
        const key = await withPasskey(person)
        const open = async () => passkeyForm(await reach(person), passkey, key)
        const sends = [await open(), await open(), await open()]
        await freeze(person)
        return { secrets: keyNames, open: openedBefore(sends) }
      },
    }),
  )
  /** The freeze has its row, and has not ended the sign-ins yet. */
  const freezesUnderWay = places
    .filter(({ proof }) => proof === 'of a sign-in')
    .flatMap(({ proof, typed, passkey, reach }): readonly RefusalCase[] => [
      ...Object.entries(typedFactors).map(
        ([what, secretsFor]): RefusalCase => ({
          proof: `${what}, the second factor ${proof}`,
          state: 'with a freeze under way',
          page: typed,
          refused: 303,
          prepare: async person => {
            const secrets = await secretsFor(person)
            const open = async () => formOf(await reach(person), typed, 'code')
            const sends = [await open(), await open(), await open()]
            await close(person.id, 'frozen')
            return { secrets: secrets(), open: openedBefore(sends) }
          },
        }),
      ),
      {
        proof: `a passkey, the second factor ${proof}`,
        state: 'with a freeze under way',
        page: passkey,
        // Of those sent at once, the challenge of one is used up by another.
        unmarked: true,
        prepare: async person => {
          const key = await withPasskey(person)
          const open = async () => passkeyForm(await reach(person), passkey, key)
          const sends = [await open(), await open(), await open()]
          await close(person.id, 'frozen')
          return { secrets: keyNames, open: openedBefore(sends) }
        },
      },
    ])

  const shut: Readonly<Record<string, (person: CrowdMember) => Promise<unknown>>> = {
    frozen: freeze,
    ended: ({ id }) => changeEntry(id, { closed: 'by-record' }),
  }
  const passkeyAlone = '/fr/connexion/cle-d-acces/compte'
  const passkeyAloneCases = Object.entries(shut).map(
    ([state, happens]): RefusalCase => ({
      proof: 'a passkey that signs in alone',
      state,
      page: passkeyAlone,
      unmarked: true,
      prepare: async person => {
        const key = await withPasskey(person)
        await happens(person)
        return {
          secrets: keyNames,
          open: () => passkeyForm(newVisitor(fixture.url), passkeyAlone, key),
        }
      },
    }),
  )

  it.each([
    ...[...typedCases, ...spentDigits],
    ...[...passkeyCases, ...freezesUnderWay, ...passkeyAloneCases],
  ])('of $proof, $state: the same for the right secret and for a wrong one', async one => {
    for (const way of longWays) {
      const { right, wrong } = await compare(one, way)
      expect(right, way.way).toEqual(wrong)
    }
  })
})
