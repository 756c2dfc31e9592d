import { randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { movableClock } from '../../../test/world/clock.ts'
import { fc } from '../../../test/world/properties.ts'
import { newStore, storeFlavours } from '../../../test/world/stores.ts'
import { days, hours } from '../../clock.ts'
import { keysFrom } from '../../crypto/keys.ts'
import type { PersonId } from '../../directory/directory.ts'
import { type Hashing, openHashing } from '../../hashing/hashing.ts'
import { defaultLimits } from '../../limits/limits.ts'
import { createRateLimiter } from '../../limits/rate-limiter.ts'
import { sayIn } from '../../texts/texts.ts'
import { foldAnswer } from './fold.ts'
import { createJoker, type Joker } from './joker.ts'
import { decoyQuestion, questions } from './questions.ts'
import type { Claimant, ComparedAnswer } from './tries.ts'

describe('the normal form of an answer', () => {
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

  it('is empty without a letter or digit', () => {
    for (const typed of ['', '   ', '-’-', '!?']) expect(foldAnswer(typed)).toBe('')
  })

  it('does not change when it is folded again', () => {
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

  it('are stable for the typed input, and differ with another root key', () => {
    for (const subject of subjects.slice(0, 50))
      expect(decoyQuestion(key, subject)).toBe(decoyQuestion(key, subject))
    const other = Buffer.alloc(32, 4)
    expect(subjects.some(subject => decoyQuestion(other, subject) !== decoyQuestion(key, subject))).toBe(true)
  })

  it('are drawn with the frequencies of real choices', () => {
    const total = Object.values(questions).reduce((sum, { weight }) => sum + weight, 0)
    const drawn = subjects.map(subject => decoyQuestion(key, subject))
    for (const [name, { weight }] of Object.entries(questions)) {
      const share = drawn.filter(question => question === name).length / subjects.length
      expect(Math.abs(share - weight / total)).toBeLessThan(0.03)
    }
  })

  it('change only for the subjects that an added question wins', () => {
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
      sayIn,
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
  const compared = (right: boolean): ComparedAnswer => ({ stored: sql<null>`null`, isRight: () => right })
  const judge = (right: boolean, who = claimant()) =>
    opened.store.transaction(tx => joker.tries.judge(tx, who, compared(right)))
  const compare = async (subject: string, person: PersonId | null, answer: string) => {
    const client = { network: 'n', queueKey: randomBytes(4).toString('hex') }
    const verified = await joker.verify(
      { subject, person, claimant: claimant({ subject }), ...client },
      answer,
    )
    if (!verified.ok) throw new Error(verified.reason)
    const { verdict } = await opened.store.transaction(tx => verified.answer.judge(tx, true))
    return verdict === 'right'
  }

  it('stores an answer that cannot be read back, and recognises it', async () => {
    const row = await opened.store.read.selectFrom('jokers').selectAll().executeTakeFirst()
    expect(JSON.stringify(row).toLowerCase()).not.toContain('felix')
    expect(await compare(camille, camille, ' FELIX ')).toBe(true)
    expect(await compare(camille, camille, 'felis')).toBe(false)
    expect(await compare('nobody', null, 'felix')).toBe(false)
  })

  it('compares a word with the answer of a person who proved who they are, and with nothing where there is none', async () => {
    const client = { network: 'n', queueKey: 'change' }
    expect(await joker.isAnswerOf(camille, client, 'felix')).toEqual({ ok: true, right: true })
    expect(await joker.isAnswerOf(camille, client, 'felis')).toEqual({ ok: true, right: false })
    await opened.store.transaction(tx => joker.clear(tx, camille))
    expect(await joker.isAnswerOf(camille, client, 'felix')).toEqual({ ok: true, right: false })
  })

  it('asks people their own question, and unknown subjects a stable decoy', async () => {
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
    const suspendedHours = second.verdict === 'suspended' ? (second.until - clock.now()) / hours(1) : 0
    expect(Math.round(suspendedHours)).toBe(48)
  })

  it('doubles the suspension up to 30 days', async () => {
    let last = 0
    for (let round = 0; round < 8; round += 1) {
      for (let tried = 0; tried < 4; tried += 1) await judge(false)
      const verdict = await judge(false)
      last = verdict.verdict === 'suspended' ? verdict.until - clock.now() : 0
      clock.forward(last + 1000)
    }
    expect(Math.round(last / days(1))).toBe(30)
  })

  it('does not count right answers, and keeps the count of wrong ones after them', async () => {
    for (let tried = 0; tried < 4; tried += 1) await judge(false)
    expect(await judge(true)).toEqual({ verdict: 'right' })
    expect(await judge(false)).toMatchObject({ verdict: 'suspended' })
  })

  it('gives a known browser three tries of its own, so that a stranger cannot lock the owner out', async () => {
    for (let tried = 0; tried < 5; tried += 1) await judge(false)
    const known = claimant({ browser: 'own' })
    expect(await judge(true, known)).toEqual({ verdict: 'right' })
    expect(await judge(false, known)).toEqual({ verdict: 'wrong' })
    expect(await judge(false, known)).toEqual({ verdict: 'wrong' })
    expect(await judge(false, known)).toMatchObject({ verdict: 'suspended' })
  })

  it('counts five tries of twenty concurrent guesses', async () => {
    const verdicts = await Promise.all(Array.from({ length: 20 }, () => judge(false)))
    expect(verdicts.filter(({ verdict }) => verdict === 'wrong')).toHaveLength(4)
    expect(verdicts.filter(one => one.verdict === 'suspended' && one.justNow)).toHaveLength(1)
  })

  it('refuses a network after too many wrong answers about any subjects, and deletes none of the tries', async () => {
    const few = createJoker({
      store: opened.store,
      clock,
      keys: keysFrom(Buffer.alloc(32, 5)),
      hashing,
      limits: { ...defaultLimits, jokerWrongPerNetwork: 10 },
      rateLimiter: createRateLimiter(opened.store, clock),
      sayIn,
    })
    const guess = (who: Claimant) => opened.store.transaction(tx => few.tries.judge(tx, who, compared(false)))
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

  it('counts answers to a suspended question for the network, right or wrong', async () => {
    const few = createJoker({
      store: opened.store,
      clock,
      keys: keysFrom(Buffer.alloc(32, 5)),
      hashing,
      limits: { ...defaultLimits, jokerWrongPerNetwork: 10 },
      rateLimiter: createRateLimiter(opened.store, clock),
      sayIn,
    })
    const give = (right: boolean) =>
      opened.store.transaction(tx => few.tries.judge(tx, claimant(), compared(right)))
    for (let tried = 0; tried < 5; tried += 1) await give(false)
    for (let tried = 0; tried < 5; tried += 1) await give(tried % 2 === 0)
    expect(await few.tries.networkOpensAt({ id: 'n', campus: false })).toBeGreaterThan(clock.now())
  })
})
