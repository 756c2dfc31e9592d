import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { days, hours } from '../../src/clock.ts'
import type { PersonId } from '../../src/directory/directory.ts'
import { movableClock } from '../world/clock.ts'
import { foldedPage } from '../world/folded-page.ts'
import { unlimitedJourneys, unlimitedPosts } from '../world/limits.ts'
import { available, type PortalFixture, type PortalKind, startPortal } from '../world/portal.ts'
import { newVisitor, textOf } from '../world/visitor.ts'
import { wrongActivationCode } from '../world/wrong-codes.ts'

const kinds: readonly PortalKind[] = [
  { directory: 'embedded', store: 'SQLite' },
  { directory: 'slapd', store: 'PostgreSQL' },
]

/** Wrong answers of one network in a day: fewer than the default, so that a test reaches the limit. */
const mostWrong = 40
const limits = {
  ...unlimitedPosts,
  ...unlimitedJourneys,
  jokerWrongPerNetwork: mostWrong,
  identificationPerNumber: 1e6,
  // Only the answers are compared; a benchmark measures their time.
  identificationFloor: 1,
}
const known = { number: '204518', date: '14/07/1985' }

describe.each(kinds.filter(available))('number and date of birth, on $directory and $store', kind => {
  let fixture: PortalFixture
  const clock = movableClock()
  beforeAll(async () => {
    const config = { limits, trustedProxies: ['127.0.0.1'] }
    fixture = await startPortal({ ...kind, people: 20, clock, config })
    const found = await fixture.application.directory.findLogin('imoreau')
    if (!found.ok || !found.person) throw new Error('Inès is gone')
    const { id } = found.person
    await fixture.application.store.transaction(tx =>
      fixture.application.proofs.activationCodes.make(tx, id, days(365)),
    )
  })
  afterAll(() => fixture?.stop())

  const question = (html: string) => /id="question"[^>]*>([^<]*)</.exec(html)?.[1] ?? ''
  let networks = 0
  /** A separate network for each browser, so that no limit of a network is reached. */
  const anywhere = () => {
    networks += 1
    return newVisitor(fixture.url, { 'x-forwarded-for': `10.${networks >> 8}.${networks & 255}.1` })
  }
  const asked = async (slug: string, number: string, date: string, visitor = anywhere()) => {
    await visitor.identify(slug, number, date)
    const { html } = await visitor.get('/fr/mot-de-passe/question-joker')
    return { visitor, question: question(html) }
  }

  const november = Array.from({ length: 12 }, (_, day) => `${day + 1}/11/2004`)
  /** Two questions drawn at random are equal once in six: of so many pairs, chance makes fewer than half equal. */
  const manyDates = ['5', '6', '7', '8', '9'].flatMap(month =>
    november.map(date => date.replace('/11/', `/${month}/`)),
  )

  it('the number and the INE of one person agree for every date: the right one cannot be searched for', {
    timeout: 60_000,
  }, async () => {
    clock.forward(hours(48))
    for (const date of november) {
      const one = anywhere()
      const byNumber = await asked('numero-etudiant', '22104587', date, one)
      expect(textOf((await byNumber.visitor.answer('faux')).html)).toContain('Il vous reste 4 essais.')
      const byIne = await asked('ine', '0123456789M', date, one)
      expect(byIne.question, date).toBe(byNumber.question)
      expect(byIne.question).not.toBe('')
      expect(textOf((await byIne.visitor.answer('autre')).html)).toContain('Il vous reste 4 essais.')
      // Five wrong answers in all suspend it, for both numbers.
      for (const answer of ['un', 'deux']) await byNumber.visitor.answer(answer)
      expect(textOf((await byIne.visitor.answer('trois')).html)).toContain('est fermée')
      const { html } = await byNumber.visitor.get('/fr/mot-de-passe/question-joker')
      expect(textOf(html)).toContain('Cette question est fermée')
    }
  })

  it('unknown numbers, or the numbers of two people, have equal results only by chance', async () => {
    clock.forward(hours(48))
    const differ = []
    const questions = new Set<string>()
    for (const date of manyDates) {
      const one = await asked('numero-etudiant', '22104588', date)
      const other = await asked('ine', '0123456789M', date)
      if (one.question !== other.question) differ.push(date)
      questions.add(other.question)
    }
    expect(differ.length).toBeGreaterThan(manyDates.length / 2)
    expect(questions.size).toBeGreaterThan(3)
  })

  it('a code of activation is counted by the person too, whichever number is typed', async () => {
    clock.forward(hours(48))
    const typed = async (slug: string, number: string, date: string) => {
      const visitor = newVisitor(fixture.url)
      await visitor.post(`/fr/activation/identification/${slug}`, { numero: number, naissance: date })
      const { html } = await visitor.get('/fr/activation/code')
      expect(textOf(html)).not.toContain('Il vous reste')
      const answer = await visitor.post('/fr/activation/code', {
        code: wrongActivationCode(),
        demarche: visitor.refIn(html),
      })
      return /Il vous reste (\d+) essais/.exec(textOf(answer.html))?.[1]
    }
    for (const date of ['29/02/2008', '28/02/2008', '1/1/2001']) {
      for (let pair = 0; pair < 5; pair += 1) {
        const left = '9'
        expect(await typed('numero-etudiant', '22609431', date)).toBe(left)
        expect(await typed('ine', '2598765432K', date)).toBe(pair < 4 ? left : undefined)
      }
      expect(await typed('numero-etudiant', '22609431', date)).toBe(undefined)
    }
  })

  it('tries of other people, or of the owner, are never shown, even in the same network, before or after their own', {
    timeout: 60_000,
  }, async () => {
    const from = (address: string) => newVisitor(fixture.url, { 'x-forwarded-for': address })
    const walk = async (date: string, address: string) => {
      const visitor = from(address)
      await visitor.identify('numero-personnel', known.number, date)
      const first = foldedPage((await visitor.get('/fr/mot-de-passe/question-joker')).html)
      const { status, html } = await visitor.answer('faux 1')
      return { first, status, html: foldedPage(html) }
    }
    clock.forward(hours(48))
    const err = async (visitor: ReturnType<typeof from>, answers: readonly string[]) => {
      await visitor.identify('numero-personnel', known.number, known.date)
      for (const answer of answers) expect((await visitor.answer(answer)).status).toBe(422)
    }
    // The owner, in a browser that signed in before and in a new one; then strangers. All are in one network.
    const knownBrowser = from('198.51.1.20')
    expect((await knownBrowser.signIn('clefevre', 'Bienvenue!2026c')).location).toBe('/fr/compte')
    knownBrowser.cookies.delete('__Host-session')
    await err(knownBrowser, ['faute 1', 'faute 2'])
    await err(from('198.51.1.20'), ['faute 3'])
    for (let tried = 0; tried < 2; tried += 1) await err(from('198.51.1.9'), [`faux ${tried}`])
    const seen = []
    for (const [index, date] of [known.date, ...november.slice(0, 6)].entries())
      seen.push(await walk(date, `198.51.${(index + 1) % 2}.1`))
    for (const one of seen) expect(one).toEqual(seen[0])
    expect(textOf(seen[0]?.html ?? '')).toContain('Il vous reste 4 essais.')
    expect(textOf(seen[0]?.first ?? '')).not.toContain('Il vous reste')
  })

  it('a network that gave too many wrong answers is refused, about anybody: no count is forgotten early', {
    timeout: 120_000,
  }, async () => {
    clock.forward(hours(48))
    const flood = (index: number) =>
      newVisitor(fixture.url, { 'x-forwarded-for': '203.0.113.7' }).identify(
        ...(['numero-personnel', String(700_000 + index), known.date] as const),
      )
    const left = async (number: string) => {
      const visitor = newVisitor(fixture.url, { 'x-forwarded-for': '203.0.113.7' })
      await visitor.identify('numero-personnel', number, known.date)
      const { status, html } = await visitor.answer(`faux ${Math.random()}`)
      return `${status} ${/Il vous reste (\d+) essai/.exec(textOf(html))?.[1] ?? ''}`
    }
    expect(await flood(0)).toMatchObject({ status: 303 })
    const invented = ['700001', '700002', '700003', known.number, '198077']
    expect(await Promise.all(invented.map(left))).toEqual(invented.map(() => '422 4'))
    for (let index = 0; index < mostWrong - invented.length; index += 1) await left(String(710_000 + index))
    expect(await Promise.all(invented.map(left))).toEqual(invented.map(() => '429 '))
    // In other journeys the counts are still in force.
    const elsewhere = newVisitor(fixture.url, { 'x-forwarded-for': '198.51.100.9' })
    await elsewhere.identify('numero-personnel', '700001', known.date)
    for (const expected of [422, 422, 422, 422])
      expect((await elsewhere.answer(`${Math.random()}`)).status).toBe(expected)
    expect(textOf((await elsewhere.get('/fr/mot-de-passe/question-joker')).html)).toContain(
      'Cette question est fermée',
    )
    clock.forward(hours(25))
    expect(await left('720000')).toBe('422 4')
  })

  /** Actions of the owner while strangers are on the page of the proof, each with another date of birth. */
  const deeds: Readonly<Record<string, (person: PersonId) => Promise<unknown>>> = {
    'recovers the password': async () => {
      const owner = anywhere()
      await owner.answerJokerAsCamille()
      expect((await owner.choose(`Tr0mbone&Cascade-${networks}`)).location).toMatch(/termine$/)
    },
    'is frozen': person => fixture.application.helpdesk.freeze(person, { by: 'test', reason: 'test' }),
    'has journeys ended by the helpdesk': person =>
      fixture.application.store.transaction(tx => fixture.application.journeys.end(tx, person)),
    'is unfrozen': person =>
      fixture.application.helpdesk.unfreeze(person, { by: 'test', reason: 'test', decided: 'keep' }),
  }

  it.each(Object.keys(deeds))(
    'a waiting page does not reveal to a stranger that the owner %s',
    async deed => {
      clock.forward(hours(48))
      const found = await fixture.application.directory.findLogin('clefevre')
      if (!found.ok || !found.person) throw new Error('Camille is gone')
      const starts = [
        ['/fr/mot-de-passe', 'question-joker', 'reponse'],
        ['/fr/identifiant', 'question-joker', 'reponse'],
        ['/fr/activation', 'code', 'code'],
      ] as const
      const waiting = []
      for (const date of [known.date, '15/07/1985'])
        for (const [start, page, field] of starts) {
          const visitor = anywhere()
          await visitor.post(`${start}/identification/numero-personnel`, {
            numero: known.number,
            naissance: date,
          })
          waiting.push({ visitor, at: `${start}/${page}`, field })
        }
      await deeds[deed]?.(found.person.id)
      const seen = []
      for (const { visitor, at, field } of waiting) {
        const looked = await visitor.get(at)
        const sent = await visitor.post(at, { [field]: 'faux', demarche: visitor.refIn(looked.html) })
        seen.push([looked, sent].map(({ status, location, html }) => [status, location, foldedPage(html)]))
      }
      expect(seen.slice(0, starts.length)).toEqual(seen.slice(starts.length))
      expect(seen.map(([, sent]) => sent?.[0])).toEqual(seen.map(() => 422))
    },
  )
})
