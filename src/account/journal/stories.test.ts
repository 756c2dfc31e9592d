import { describe, expect, it } from 'vitest'
import type { AuditKind } from '../../audit/audit.ts'
import { hours, minutes } from '../../clock.ts'
import { noticeKinds } from '../../notify/notify.ts'
import { locales } from '../../texts/locales.ts'
import { isTextKey, languages, sayIn, textKeys } from '../../texts/texts.ts'
import { createDateFormats } from '../../ui/date-formats.ts'
import type { JournalEntry } from './journal-entry.ts'
import { kindsOfEvents } from './ranks.ts'
import { type JournalWords, sentenceOf } from './sentences.ts'
import { storiesOf } from './stories.ts'

let sequence = 0
const start = Date.UTC(2026, 10, 28, 13, 5)
const at = (
  kind: AuditKind,
  after = 0,
  details: Readonly<Record<string, unknown>> = {},
  actor = 'system',
) => ({
  ...{ sequence: ++sequence, at: start + after, kind, actor, details },
})
const storiesIn = (...oldestFirst: JournalEntry[]) => storiesOf(oldestFirst.reverse())
const titles = (...oldestFirst: JournalEntry[]) => storiesIn(...oldestFirst).map(({ main }) => main.kind)

const journey = { story: 'journey-1', device: 'Chrome, Linux' }

it('a journey with its services, what followed and its mails is one story, named by what it changed', () => {
  const change = { ...journey, attempt: 'attempt-1', order: 'reset' }
  const [story, ...others] = storiesIn(
    at('journey.opened', 0, journey, 'anonymous'),
    at('joker.wrong', 10_000, journey, 'anonymous'),
    at('joker.right', 20_000, journey, 'anonymous'),
    at('password.attempted', 30_000, change, 'person:p'),
    at('session.ended', 31_000, { why: 'password', count: 2 }, 'person:p'),
    at('password.written', 31_000, change, 'person:p'),
    at('mail.sent', 35_000, { notice: 'password-changed', happened: start + 31_000 }),
    at('delivery.written', 32_000, { attempt: 'attempt-1', service: 'eduroam' }),
    at('mail.sent', 36_000, { notice: 'password-changed', happened: start + 31_000 }),
    at('delivery.failed', 33_000, { attempt: 'attempt-1', service: 'print', reason: 'service-policy' }),
    at('delivery.proved', 90_000, { attempt: 'attempt-1', service: 'eduroam' }),
  )
  expect(others).toEqual([])
  expect(story).toMatchObject({ main: { kind: 'password.written' }, device: 'Chrome, Linux', times: 1 })
  expect(story?.services.map(({ kind }) => kind)).toEqual(['delivery.proved', 'delivery.failed'])
  expect(story?.mails).toHaveLength(2)
  expect(story?.steps.map(({ kind }) => kind)).toContain('session.ended')
})

it('a stranger’s journey at the same time is another story, from their own device', () => {
  const stranger = { story: 'journey-2', device: 'Firefox, Windows' }
  const stories = storiesIn(
    at('journey.opened', 0, journey, 'anonymous'),
    at('journey.opened', 1_000, stranger, 'anonymous'),
    at('joker.wrong', 2_000, stranger, 'anonymous'),
    at('joker.right', 3_000, journey, 'anonymous'),
    at('identifier.told', 3_000, journey, 'person:p'),
    at('joker.wrong', 4_000, stranger, 'anonymous'),
  )
  expect(stories.map(({ main, device, times }) => [main.kind, device, times])).toEqual([
    ['joker.wrong', 'Firefox, Windows', 2],
    ['identifier.told', 'Chrome, Linux', 1],
  ])
})

it('what is repeated within an hour is one line with its number, another person or device another line', () => {
  const device = 'Chrome, Linux'
  const refusals = (actor: string, where: string) => [
    at('sign-in.refused', 0, { device: where }, actor),
    at('sign-in.refused', minutes(5), { device: where }, actor),
  ]
  const [story, ...others] = storiesIn(...refusals('anonymous', device))
  expect([story?.times, others]).toEqual([2, []])
  expect(
    titles(at('sign-in.refused', 0, { device }), at('sign-in.refused', hours(2), { device })),
  ).toHaveLength(2)
  expect(
    titles(at('sign-in.refused', 0, { device }), at('sign-in.refused', 1, { device: 'Safari, iPhone' })),
  ).toHaveLength(2)
})

it('two addresses that are added in one session are two stories; mails of no story are one line for each subject', () => {
  const session = { story: 'session-mail', device: '' }
  expect(
    titles(
      at('code.sent', 0, session),
      at('code.right', 1, session),
      at('contact.added', 1, session),
      at('code.sent', minutes(1), session),
      at('code.wrong', minutes(2), session),
    ),
  ).toEqual(['code.wrong', 'contact.added'])
  const mail = { notice: 'password-expiring', happened: start - hours(3) }
  const [story, ...others] = storiesIn(at('mail.sent', 0, mail), at('mail.sent', 1, mail))
  expect([story?.times, others]).toEqual([2, []])
})

it('events whose details are erased, or of a version before, are a line each', () => {
  expect(titles(at('journey.opened'), at('joker.right', 1), at('password.written', 2))).toHaveLength(3)
})

const mostWords = 20
const everyDetail = {
  ...{
    device: 'Chrome, Linux',
    service: 'eduroam',
    reason: 'service-policy',
    factor: 'passkey',
    by: 'passkey',
  },
  ...{ address: 'c•••@univ.example', until: start, why: 'password', journey: 'password', order: 'reset' },
}

describe.each(languages)('in %s', language => {
  const ui = {
    language,
    locale: locales[language],
    say: sayIn(language),
    ...createDateFormats(language, 'UTC', sayIn(language)),
  }
  const words = { ui, services: [] } as unknown as JournalWords
  const unknown = ui.say('journal.unknown')

  it.each(kindsOfEvents)('%s has a sentence, with its details and after they are erased', kind => {
    for (const known of [everyDetail, {}]) {
      const sentence = sentenceOf(words, at(kind, 0, known))
      expect(sentence).not.toMatch(/[{}]|undefined/)
      expect(sentence.startsWith(unknown)).toBe(false)
      expect(
        sentence.split(/[.?!] /).every(part => part.split(/\s+/).length <= mostWords),
        sentence,
      ).toBe(true)
    }
  })

  it.each(noticeKinds)('the mail %s is named by its subject', notice => {
    const sentence = sentenceOf(words, at('mail.sent', 0, { notice }))
    expect(sentence).toContain(ui.say('journal.mail.sent'))
    expect(sentence).not.toMatch(/[{}]|undefined/)
    expect(sentence.length).toBeGreaterThan(ui.say('journal.mail.sent').length + 3)
  })
})

it('every sentence of the journal that depends on details belongs to a kind of event', () => {
  const others =
    /^journal\.(with|times|from|ago|until|because|name|service|mails|steps|unknown|by|title|lead|more|export|kept|when|what|who|device|change)/
  const sentences = textKeys.filter(key => key.startsWith('journal.') && !others.test(key))
  for (const key of sentences)
    expect(
      kindsOfEvents.some(kind => key === `journal.${kind}` || key.startsWith(`journal.${kind}.`)),
      key,
    ).toBe(true)
  for (const kind of kindsOfEvents) expect(isTextKey(`journal.${kind}`), kind).toBe(true)
})
