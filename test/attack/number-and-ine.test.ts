import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { days, hours } from '../../src/clock.ts'
import { movableClock } from '../world/clock.ts'
import { findPerson } from '../world/find-person.ts'
import { foldedPage } from '../world/folded-page.ts'
import { unlimitedJourneys, unlimitedPosts } from '../world/limits.ts'
import { bases, suffix } from '../world/people.ts'
import { available, type PortalFixture, type PortalKind, startPortal } from '../world/portal.ts'
import { addStudents, bornOn, prepareStudents, type Student, students } from '../world/students.ts'
import { newVisitor, textOf, type Visitor } from '../world/visitor.ts'
import { wrongActivationCode } from '../world/wrong-codes.ts'

const kinds: readonly PortalKind[] = [
  { directory: 'embedded', store: 'SQLite' },
  { directory: 'slapd', store: 'PostgreSQL' },
]

/** So few codes that a walk reaches both limits of them: two in a network for one person, four in all networks. */
const limits = {
  ...unlimitedPosts,
  ...unlimitedJourneys,
  identificationPerNumber: 1e6,
  identificationFloor: 1,
  proofCodesPerNetwork: 2,
  proofCodesPerPerson: 4,
}

/** Staff must prove more, so that whoever is both must meet two policies. */
const asked = { student: ['joker', 'mail-code'], staff: [['joker', 'recovery-code']], external: ['joker'] }

/** One base for students and staff: filters say who is of which population. */
const populations = {
  student: { base: suffix, filter: '(supannEtuId=*)' },
  staff: { base: suffix, filter: '(supannEmpId=*)' },
  external: { base: bases.external },
}

/** The right date first. */
const dates = [bornOn, '4/11/2004', '29/2/2004']
const choice = '/fr/mot-de-passe/preuve'
const question = '/fr/mot-de-passe/question-joker'

/** A student number and an INE are both on the card: whatever they have in common must not depend on the date of birth. */
describe.each(kinds.filter(available))(
  'the number and the INE of one student, on $directory and $store',
  kind => {
    let fixture: PortalFixture
    const clock = movableClock()
    beforeAll(async () => {
      const config = {
        limits,
        trustedProxies: ['127.0.0.1'],
        recovery: { password: asked, identifier: asked },
      }
      fixture = await startPortal({
        ...kind,
        people: 20,
        clock,
        config:
          kind.directory === 'embedded'
            ? config
            : async slapd => {
                await addStudents(slapd)
                return { ...config, directory: { kind: 'ldap', ...slapd.settings({ populations }) } }
              },
      })
      await prepareStudents(fixture.application, kind.directory === 'embedded')
    })
    afterAll(() => fixture?.stop())

    let networks = 0
    const newNetwork = () => {
      networks += 1
      return `10.${networks >> 8}.${networks & 255}.1`
    }
    const from = (network = newNetwork()) => newVisitor(fixture.url, { 'x-forwarded-for': network })
    const identified = async (student: Student, by: 'number' | 'ine', date: string, network?: string) => {
      const visitor = from(network)
      const slug = by === 'number' ? 'numero-etudiant' : 'ine'
      expect((await visitor.identify(slug, student[by], date)).location).toBe(choice)
      return visitor
    }
    type Answered = { readonly status: number; readonly location: string | null; readonly html: string }
    /** The day of a time that is given may be the next one in a later walk. */
    const seenIn = ({ status, location, html }: Answered) => ({
      status,
      location,
      html: foldedPage(html).replace(/\d+(?:er)?\s\p{L}+\s\d{4}/gu, 'DAY'),
    })

    const states = students.map(({ state }) => state)
    const studentWho = (state: Student['state']) => students.find(one => one.state === state) as Student

    it('those students are in the state that their name says', async () => {
      const found = await Promise.all(
        students.map(({ number }) => fixture.application.directory.find('student-number', number)),
      )
      const people = found.flatMap(one => (one.ok ? one.people : []))
      expect(
        people.map(({ closed, privileged, populations: of }) => [closed, privileged, of.length]),
      ).toEqual([
        [false, false, 1],
        [false, false, 1],
        ['by-record', false, 1],
        [false, true, 1],
        [false, false, 2],
      ])
      const { id } = await findPerson(fixture.application, people[1]?.login ?? '')
      expect((await fixture.application.accounts.freezes.find(id))?.kind).toBe('frozen')
    })

    it.each(states)(
      'have one question and one count of wrong answers, whatever the date: %s',
      async state => {
        clock.forward(days(31))
        const student = studentWho(state)
        const walk = async (date: string) => {
          const open = async (by: 'number' | 'ine') => {
            const visitor = await identified(student, by, date)
            expect((await visitor.send(choice, { laquelle: 'joker' })).location).toBe(question)
            return visitor
          }
          const [byNumber, byIne] = [await open('number'), await open('ine')]
          const pages = [await byNumber.get(question), await byIne.get(question)]
          const questions = pages.map(({ html }) => /id="question"[^>]*>([^<]*)</.exec(html)?.[1])
          expect(questions[0], date).toMatch(/\w/)
          expect(questions[1], date).toBe(questions[0])
          const answers = []
          for (const [index, visitor] of [byNumber, byIne, byNumber, byIne, byNumber, byIne].entries())
            answers.push(await visitor.answer(`faux ${index}`))
          const text = answers.map(({ html }) => textOf(html))
          expect(text[0]).toContain('Il vous reste 4 essais.')
          expect(text[1]).toContain('Il vous reste 4 essais.')
          expect(text[3]).not.toContain('Cette question est fermée')
          // Five wrong answers in all suspend it, for both.
          expect(text[4]).toContain('Cette question est fermée')
          expect(text[5]).toContain('Cette question est fermée')
          return [...pages, ...answers].map(seenIn)
        }
        const seen = []
        for (const date of dates) seen.push(await walk(date))
        for (const other of seen.slice(1)) expect(other).toEqual(seen[0])
      },
    )

    it.each(states)('have one count of wrong activation codes, whatever the date: %s', async state => {
      clock.forward(hours(48))
      const student = studentWho(state)
      const walk = async (date: string) => {
        const network = newNetwork()
        const answers = []
        for (let tried = 0; tried < 12; tried += 1) {
          const visitor = from(network)
          const [slug, numero] = tried % 2 ? ['ine', student.ine] : ['numero-etudiant', student.number]
          await visitor.post(`/fr/activation/identification/${slug}`, { numero, naissance: date })
          answers.push(await visitor.send('/fr/activation/code', { code: wrongActivationCode(tried) }))
        }
        const left = answers.map(({ html }) => /Il vous reste (\d+) essais?/.exec(textOf(html))?.[1])
        expect(left.slice(0, 9)).toEqual(Array.from({ length: 9 }, () => '9'))
        expect(left.slice(10)).toEqual([undefined, undefined])
        return answers.map(seenIn)
      }
      const seen = []
      for (const date of dates) seen.push(await walk(date))
      for (const other of seen.slice(1)) expect(other).toEqual(seen[0])
    })

    it.each(states)('have one count of codes that are sent, whatever the date: %s', async state => {
      clock.forward(days(2))
      const student = studentWho(state)
      const ask = (visitor: Visitor) => visitor.send(choice, { laquelle: 'mail-code' })
      const walk = async (date: string) => {
        const inNetwork = async (...by: readonly ('number' | 'ine')[]) => {
          const network = newNetwork()
          const answers = []
          for (const which of by) answers.push(await ask(await identified(student, which, date, network)))
          return answers
        }
        const answers = [
          // Two in a network, for both together.
          await inNetwork('number', 'ine', 'number', 'ine'),
          await inNetwork('ine', 'ine', 'number'),
          // Four in all networks, for both together; then one more in the slow way.
          await inNetwork('ine', 'number'),
          await inNetwork('number', 'ine'),
        ]
        expect(answers.map(some => some.map(({ status }) => status))).toEqual([
          [303, 303, 422, 422],
          [303, 303, 422],
          [303, 422],
          [422, 422],
        ])
        const last = textOf(answers.at(-1)?.at(-1)?.html ?? '')
        expect(last).toContain('Trop de codes ont été demandés pour cette personne')
        return answers.flat().map(seenIn)
      }
      const seen = []
      for (const date of dates) seen.push(await walk(date))
      for (const other of seen.slice(1)) expect(other).toEqual(seen[0])
    })
  },
)
