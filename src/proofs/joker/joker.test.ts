import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { movableClock } from '../../../test/world/clock.ts'
import { newStore, storeFlavours } from '../../../test/world/stores.ts'
import { days, hours } from '../../clock.ts'
import type { PersonId } from '../../directory/directory.ts'
import { type Hashing, openHashing } from '../../hashing/hashing.ts'
import { keysFrom } from '../../keys.ts'
import { defaultLimits } from '../../limits.ts'
import { createRateLimiter } from '../../web/rate-limiter.ts'
import { foldAnswer } from './fold.ts'
import { createJoker, type Joker } from './joker.ts'
import { decoyQuestion, questions } from './questions.ts'
import type { Claimant } from './tries.ts'

describe('an answer counts by its letters and digits', () => {
  it.each([
    ['Félix', 'felix'],
    ['FÉLIX', 'felix'],
    ['  fé lix ', 'felix'],
    ['Saint-Amand-les-Eaux', 'saint amand les eaux'],
    ["L'Étranger", 'l’etranger'],
    ['Le Cœur', 'le coeur'],
    ['Straße', 'strasse'],
    ['Ｆélix', 'felix'],
  ])('« %s » is « %s »', (typed, same) => {
    expect(foldAnswer(typed)).toBe(foldAnswer(same))
    expect(foldAnswer(typed)).not.toBe('')
  })

  it('nothing that counts is nothing', () => {
    for (const typed of ['', '   ', '-’-', '!?']) expect(foldAnswer(typed)).toBe('')
  })

  it('folding twice changes nothing', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }),
        typed => foldAnswer(foldAnswer(typed)) === foldAnswer(typed),
      ),
    )
  })
})

describe('decoy questions', () => {
  const key = Buffer.alloc(32, 3)
  const subjects = Array.from({ length: 4000 }, (_, index) => `subject-${index}`)

  it('are stable for what was typed, and another root key gives others', () => {
    for (const subject of subjects.slice(0, 50))
      expect(decoyQuestion(key, subject)).toBe(decoyQuestion(key, subject))
    const other = Buffer.alloc(32, 4)
    expect(subjects.some(subject => decoyQuestion(other, subject) !== decoyQuestion(key, subject))).toBe(true)
  })

  it('are drawn as people choose', () => {
    const total = Object.values(questions).reduce((sum, { weight }) => sum + weight, 0)
    const drawn = subjects.map(subject => decoyQuestion(key, subject))
    for (const [name, { weight }] of Object.entries(questions)) {
      const share = drawn.filter(question => question === name).length / subjects.length
      expect(Math.abs(share - weight / total)).toBeLessThan(0.03)
    }
  })

  it('a question that is added moves only the subjects that it wins', () => {
    const more = { ...questions, added: { weight: 10 } }
    const moved = subjects.filter(
      subject => decoyQuestion(key, subject, more) !== decoyQuestion(key, subject),
    )
    expect(moved.every(subject => decoyQuestion(key, subject, more) === 'added')).toBe(true)
    expect(moved.length / subjects.length).toBeLessThan(0.14)
  })
})

describe.each(storeFlavours.filter(({ available }) => available))('the joker on $flavour', ({ flavour }) => {
  let opened: Awaited<ReturnType<typeof newStore>>
  let hashing: Hashing
  let joker: Joker
  const clock = movableClock()
  const camille = 'camille' as PersonId
  beforeAll(() => {
    hashing = openHashing()
  })
  afterAll(() => hashing.close())
  beforeEach(async () => {
    opened = await newStore(flavour)
    joker = createJoker({
      store: opened.store,
      clock,
      limits: defaultLimits,
      keys: keysFrom(Buffer.alloc(32, 5)),
      hashing,
      rateLimiter: createRateLimiter(opened.store, clock),
    })
    const hashed = await joker.hashAnswer('Félix')
    if (!hashed.ok) throw new Error(hashed.reason)
    await opened.store.transaction(tx =>
      joker.set(tx, { person: camille, question: 'pet', free: false, kept: hashed.kept }),
    )
  })
  afterEach(() => opened.forget())

  const claimant = (more: Partial<Claimant> = {}): Claimant => ({
    subject: camille,
    browser: '',
    network: 'n',
    ...more,
  })
  const judge = (right: boolean, who = claimant()) =>
    opened.store.transaction(tx => joker.judge(tx, who, right))
  const compare = async (subject: string, person: PersonId | null, answer: string) => {
    const compared = await joker.compare(
      { subject, person, network: 'n', journey: randomBytes(4).toString('hex') },
      answer,
    )
    return compared.ok && compared.right
  }

  it('keeps an answer that nobody can read back, and knows it again', async () => {
    const row = await opened.store.read.selectFrom('jokers').selectAll().executeTakeFirst()
    expect(JSON.stringify(row).toLowerCase()).not.toContain('felix')
    expect(await compare(camille, camille, ' FELIX ')).toBe(true)
    expect(await compare(camille, camille, 'felis')).toBe(false)
    expect(await compare('nobody', null, 'felix')).toBe(false)
  })

  it('asks people their own question, and nobody a stable one', async () => {
    expect(await joker.question(camille, camille, 'fr')).toContain('animal')
    expect(await joker.question('x', null, 'fr')).toBe(await joker.question('x', null, 'fr'))
  })

  it('suspends at the fifth wrong answer, for 24 h, then 48 h, and refuses even the right one meanwhile', async () => {
    const wrong = async () => {
      for (let tried = 0; tried < 4; tried += 1) expect(await judge(false)).toEqual({ verdict: 'wrong' })
      return judge(false)
    }
    const first = await wrong()
    expect(first).toMatchObject({ verdict: 'suspended', justNow: true })
    expect(await judge(true)).toMatchObject({ verdict: 'suspended', justNow: false })
    clock.forward(hours(24) + 1000)
    expect(await judge(true)).toEqual({ verdict: 'right' })
    const second = await wrong()
    const hoursShut = second.verdict === 'suspended' ? (second.until - clock.now()) / hours(1) : 0
    expect(Math.round(hoursShut)).toBe(48)
  })

  it('the suspension doubles up to 30 days, never more', async () => {
    let last = 0
    for (let round = 0; round < 8; round += 1) {
      for (let tried = 0; tried < 4; tried += 1) await judge(false)
      const shut = await judge(false)
      last = shut.verdict === 'suspended' ? shut.until - clock.now() : 0
      clock.forward(last + 1000)
    }
    expect(Math.round(last / days(1))).toBe(30)
  })

  it('right answers are not counted, and forgive nothing', async () => {
    for (let tried = 0; tried < 4; tried += 1) await judge(false)
    expect(await judge(true)).toEqual({ verdict: 'right' })
    expect(await judge(false)).toMatchObject({ verdict: 'suspended' })
  })

  it('a browser that the owner used has three tries of its own: a stranger cannot shut the owner out', async () => {
    for (let tried = 0; tried < 5; tried += 1) await judge(false)
    const known = claimant({ browser: 'own' })
    expect(await judge(true, known)).toEqual({ verdict: 'right' })
    expect(await judge(false, known)).toEqual({ verdict: 'wrong' })
    expect(await judge(false, known)).toEqual({ verdict: 'wrong' })
    expect(await judge(false, known)).toMatchObject({ verdict: 'suspended' })
  })

  it('twenty guesses at once spend five tries, not one', async () => {
    const verdicts = await Promise.all(Array.from({ length: 20 }, () => judge(false)))
    expect(verdicts.filter(({ verdict }) => verdict === 'wrong')).toHaveLength(4)
    expect(verdicts.filter(one => one.verdict === 'suspended' && one.justNow)).toHaveLength(1)
  })

  it('a flood of wrong answers from one network forgets none of them, about whomever: that network is refused', async () => {
    const few = createJoker({
      store: opened.store,
      clock,
      keys: keysFrom(Buffer.alloc(32, 5)),
      hashing,
      limits: { ...defaultLimits, jokerWrongPerNetwork: 10 },
      rateLimiter: createRateLimiter(opened.store, clock),
    })
    const guess = (who: Claimant) => opened.store.transaction(tx => few.judge(tx, who, false))
    const isSpent = async (id: string, campus = false) =>
      (await few.tries.networkOpensAt({ id, campus })) !== null
    for (let tried = 0; tried < 4; tried += 1) await guess(claimant())
    for (let tried = 0; tried < 5; tried += 1) await guess(claimant({ subject: `invented-${tried}` }))
    expect(await isSpent('n')).toBe(false)
    for (let tried = 5; tried < 30; tried += 1) await guess(claimant({ subject: `invented-${tried}` }))
    expect(await isSpent('n')).toBe(true)
    expect(await isSpent('n', true)).toBe(false)
    expect(await isSpent('another')).toBe(false)
    const kept = await opened.store.read.selectFrom('joker_tries').select('id').execute()
    expect(kept).toHaveLength(34)
    expect(await guess(claimant())).toMatchObject({ verdict: 'suspended' })
    clock.forward(hours(25))
    expect(await isSpent('n')).toBe(false)
  })

  it('answers to a question that is closed count for the network, right or wrong', async () => {
    const few = createJoker({
      store: opened.store,
      clock,
      keys: keysFrom(Buffer.alloc(32, 5)),
      hashing,
      limits: { ...defaultLimits, jokerWrongPerNetwork: 10 },
      rateLimiter: createRateLimiter(opened.store, clock),
    })
    const give = (right: boolean) => opened.store.transaction(tx => few.judge(tx, claimant(), right))
    for (let tried = 0; tried < 5; tried += 1) await give(false)
    for (let tried = 0; tried < 5; tried += 1) await give(tried % 2 === 0)
    expect(await few.tries.networkOpensAt({ id: 'n', campus: false })).toBeGreaterThan(clock.now())
  })
})
