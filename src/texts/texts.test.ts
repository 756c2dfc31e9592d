import { describe, expect, it } from 'vitest'
import { writeRefusals } from '../directory/directory.ts'
import { passwordReasons } from '../password/policy.ts'
import { isReason, languages, sayIn, type TextKey, textKeys } from './texts.ts'

const values = {
  left: 2,
  recent: '30 jours',
  delay: '24 heures',
  count: 2,
  min: 12,
  max: 30,
  history: 3,
  until: 'U',
  time: 'T',
  at: 'A',
  login: 'L',
  name: 'N',
}
const filled = {
  ...values,
  ...{
    minutes: 2,
    seconds: 2,
    sent: 2,
    budget: 2,
    reference: 'SES-1',
    others: 2,
    signIn: 'https://univ.example',
    change: 'https://univ.example',
    service: 'S',
    reason: 'R',
    url: 'https://univ.example',
    code: '1234 5678',
    activation: 'https://univ.example',
    step: 2,
    of: 4,
    percent: 50,
    version: 'V',
    to: 'T',
    phone: 'P',
    mail: 'M',
    institution: 'I',
    hours: 'H',
    label: 'B',
    character: 'é',
    device: 'D',
    what: 'W',
    where: 'H',
    address: 'A',
    query: 'Q',
    by: 'B',
    date: 'D',
    rate: 62,
    long: '24 heures',
    publisher: 'P',
    host: 'H',
    officer: 'O',
    services: 'S',
    title: 'T',
    tries: 5,
    pause: '15 minutes',
    wait: '15 minutes',
    closed: '24 heures',
    idle: '15 minutes',
    whole: '60 minutes',
    fresh: '10 minutes',
    days: '7 jours',
    life: '7 jours',
    letter: '30 jours',
    page: 'P',
    card: 'C',
    button: 'B',
    box: 'X',
    line: 'L',
    other: 'O',
    known: 'yes',
    browser: 'B',
    system: 'S',
    ago: 'A',
    said: 'D',
    mails: 2,
    steps: 2,
    hour: '14',
    minute: '05',
  },
}

describe.each(languages)('the texts in %s', language => {
  const say = sayIn(language)

  it('are all there, and say something with every argument filled', () => {
    expect(textKeys.length).toBeGreaterThan(250)
    for (const key of textKeys) expect(say(key, filled).trim(), key).not.toBe('')
    for (const key of textKeys) expect(say(key, filled), key).not.toMatch(/[{}]|undefined/)
  })

  it('have a sentence for every refusal of the code', () => {
    for (const reason of [...passwordReasons, ...writeRefusals]) expect(isReason(reason), reason).toBe(true)
  })

  it('never say « cliquez ici », « OK », « invalide » or « erreur » to a person', () => {
    const blame = /cliquez ici|\bok\b|invalide|click here|\binvalid\b/i
    for (const key of textKeys) expect(say(key, filled), key).not.toMatch(blame)
  })
})

it('French keeps its no-break spaces and its apostrophes', () => {
  const say = sayIn('fr')
  for (const key of textKeys) {
    const text = say(key, filled).replace(/\S+@\S+|https?:\S+/g, '')
    expect(text, key).not.toMatch(/ [;!?]/)
    expect(text, key).not.toMatch(/ :(\s|$)/)
    expect(text, key).not.toMatch(/« | »/)
    expect(text, key).not.toMatch(/\p{L}'\p{L}/u)
  }
})

it.each([
  ['answer-wrong', { left: 1 }, 'Cette réponse ne correspond pas. Il vous reste 1\u00a0essai.'],
  ['answer-wrong', { left: 3 }, 'Cette réponse ne correspond pas. Il vous reste 3\u00a0essais.'],
  ['steps.percent', { percent: 25 }, '25\u00a0%'],
] as [TextKey, Record<string, number>, string][])('%s with %j', (key, given, sentence) => {
  expect(sayIn('fr')(key, given)).toBe(sentence)
})
