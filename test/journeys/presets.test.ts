import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { confirmContact } from '../world/contacts.ts'
import { printSheet, settleFactors } from '../world/factors.ts'
import { findPerson } from '../world/find-person.ts'
import { unlimited, unlimitedJourneys } from '../world/limits.ts'
import { codeSentTo, sendWaitingMails } from '../world/mailbox.ts'
import { available, type PortalFixture, startPortal } from '../world/portal.ts'
import { newVisitor } from '../world/visitor.ts'

const kind = { directory: 'slapd', store: 'SQLite' } as const

const people = {
  staff: {
    login: 'clefevre',
    password: 'Bienvenue!2026c',
    slug: 'numero-personnel',
    number: '204518',
    date: '14/07/1985',
    answer: 'Félix',
  },
  student: {
    login: 'ybenali',
    password: 'Bienvenue!2026y',
    slug: 'numero-etudiant',
    number: '22104587',
    date: '03/11/2004',
    answer: 'Rex',
  },
  external: {
    login: 'ext-odubois',
    password: 'Bienvenue!2026o',
    slug: 'uid',
    number: 'ext-odubois',
    date: '21/01/1979',
    answer: 'L’Étranger',
  },
} as const
const journeys = {
  password: { start: '/fr/mot-de-passe', opened: '/fr/mot-de-passe/nouveau' },
  identifier: { start: '/fr/identifiant', opened: '/fr/identifiant/termine' },
} as const
type Proof = 'mail-code' | 'recovery-code'

/** With these proofs, and no fewer, each preset opens a journey. The joker of one who has answered it is asked for by none of them. */
const presets = {
  renforce: { ways: [['mail-code'], ['recovery-code']] },
  'nist-aal2': {
    ways: [
      ['recovery-code', 'mail-code'],
      ['mail-code', 'recovery-code'],
    ],
  },
} as const satisfies Record<string, { ways: readonly (readonly Proof[])[] }>

describe.runIf(available(kind)).each(Object.keys(presets) as (keyof typeof presets)[])(
  'the preset %s, on slapd',
  preset => {
    let fixture: PortalFixture
    const sheets = new Map<string, string[]>()
    beforeAll(async () => {
      fixture = await startPortal({
        ...kind,
        people: 20,
        config: {
          limits: {
            ...unlimited,
            ...unlimitedJourneys,
            proofCodesPerNetwork: 100,
            proofCodesPerPerson: 100,
            codesPerDestination: 100,
            codesPerDestinationPerDay: 100,
            codesPerPersonPerDay: 100,
          },
          recovery: { preset },
        },
      })
      for (const { login, password } of Object.values(people)) {
        const person = await findPerson(fixture.application, login)
        await confirmContact(fixture, person, `${login}@ailleurs.example`)
        const owner = newVisitor(fixture.url)
        await owner.signIn(login, password)
        sheets.set(login, await printSheet(owner))
        await settleFactors(fixture, person.id)
      }
    })
    afterAll(() => fixture?.stop())

    const cases = (Object.keys(journeys) as (keyof typeof journeys)[]).flatMap(journey =>
      (Object.keys(people) as (keyof typeof people)[]).map(who => ({ journey, who })),
    )

    const begin = async (journey: keyof typeof journeys, who: keyof typeof people) => {
      const { slug, number, date, login } = people[who]
      const { start, opened } = journeys[journey]
      const choice = `${start}/preuve`
      const visitor = newVisitor(fixture.url)
      const { location } = await visitor.post(`${start}/identification/${slug}`, {
        numero: number,
        naissance: date,
      })
      const send = async (path: string, fields: Readonly<Record<string, string>>) =>
        visitor.send(path, fields, choice)
      const give = async (proof: Proof) => {
        await fixture.application.store.transaction(tx => tx.deleteFrom('demo_mails').execute())
        await send(choice, { laquelle: proof })
        const code =
          proof === 'mail-code'
            ? await codeSentTo(fixture, `${login}@ailleurs.example`)
            : (sheets.get(login)?.pop() ?? '')
        return (await send(choice, { code })).location
      }
      return { visitor, location, send, give, choice, opened, start }
    }

    it.each(cases)(
      'asks $who in a recovery of the $journey for what it says, in any order',
      async ({ journey, who }) => {
        for (const way of presets[preset].ways) {
          const { visitor, location, give, choice, opened } = await begin(journey, who)
          expect(location).toBe(choice)
          for (const [nth, proof] of way.entries()) {
            expect((await visitor.get(opened)).location).toBe(choice)
            expect(await give(proof)).toBe(nth === way.length - 1 ? opened : choice)
          }
        }
      },
    )

    it.each(
      presets[preset].ways.flatMap(way =>
        cases.filter(({ journey }) => journey === 'password').map(one => ({ ...one, way })),
      ),
    )(
      'takes the right codes of $who in the order $way while one try is left',
      async ({ journey, who, way }) => {
        const { send, give, choice, opened } = await begin(journey, who)
        const [first] = way
        await send(choice, { laquelle: first })
        await sendWaitingMails(fixture)
        const wrong = first === 'mail-code' ? '0000 0001' : 'ABCD-2345-EFGH-JKMN'
        for (let tried = 1; tried < fixture.application.limits.codeTries; tried += 1)
          expect((await send(choice, { code: wrong })).status).toBe(422)
        for (const [nth, proof] of way.entries())
          expect(await give(proof)).toBe(nth === way.length - 1 ? opened : choice)
      },
    )

    it.each(cases)('takes no joker of $who in a recovery of the $journey', async ({ journey, who }) => {
      const { visitor, send, choice, opened, start } = await begin(journey, who)
      const answered = await send(`${start}/question-joker`, { reponse: people[who].answer })
      expect(answered.location).toBe(choice)
      expect((await send(choice, { laquelle: 'joker' })).status).toBe(422)
      expect((await visitor.get(opened)).location).toBe(choice)
    })
  },
)
