import { writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { days, minutes } from '../../src/clock.ts'
import { defaultLimits, type Limits } from '../../src/limits/limits.ts'
import { createComposer, ownNotices } from '../../src/notify/compose.ts'
import { goesBySms, goesToDesk, type NoticeKind, noticeKinds } from '../../src/notify/notify.ts'
import { proofNotices } from '../../src/proofs/proof-registry.ts'
import { hrefIn } from '../../src/routes.ts'
import { inEachLanguage, type Language, languages, sayIn } from '../../src/texts/texts.ts'
import { branding } from '../../src/ui/theme.ts'
import { axeFaults, hasChromium, launchChromium, overflows } from '../world/browser.ts'

const notices = { ...ownNotices, ...proofNotices }
const mailsOnly = noticeKinds.filter(kind => !goesBySms(kind))
const at = Date.UTC(2026, 10, 28, 13, 5)
const event = {
  ...{ at, event: 'e', device: 'Chrome, Linux', until: at + days(1), code: '4821 7306' },
  ...{ address: 'c•••@maison.example', login: 'clefevre', sent: 80, budget: 100, reference: '12:ab' },
}

const composer = (look: object = {}, limits: Pick<Limits, 'codeLife'> = defaultLimits) =>
  createComposer({
    limits,
    notices,
    tokens: { make: async () => 'Hc3v0m2Qn5rT8yUoPa1sDfGhJkLz' },
    hrefs: inEachLanguage(language => hrefIn(language)),
    origin: 'https://sesame.univ.example',
    branding: branding.parse(look),
    sayIn,
    isRecent: async () => false,
    isContact: async () => true,
  })

const written = (kind: NoticeKind, language: Language, { events = [event], look = {} } = {}) => {
  const person = { person: 'p', name: 'Camille Lefèvre', login: 'clefevre', from: 'directory' } as const
  return composer(look)({ kind, language, destinationDigest: 'd', facts: { ...person, events } })
}

it.each([
  [minutes(20), 'Il marche 20 minutes', 'It works for 20 minutes'],
  [minutes(1), 'Il marche 1 minute.', 'It works for 1 minute.'],
])('a code that works for %d ms says so in its mail', async (codeLife, ...sentences) => {
  for (const kind of ['code', 'code-sms', 'proof-code', 'proof-code-sms'] as const)
    for (const [nth, language] of (['fr', 'en'] as const).entries()) {
      const facts = { person: 'p', name: 'C', login: 'c', events: [event] }
      const { text } = await composer({}, { codeLife })({ kind, language, destinationDigest: 'd', facts })
      const proof = kind === 'proof-code' ? sentences[nth]?.replace('.', '') : sentences[nth]
      expect(plain(text)).toContain(proof)
    }
})

/** The text of a mail as it is read: its HTML says the same. */
const plain = (text: string) => text.replace(/\s+/g, ' ').trim()

describe.each(languages)('each mail in %s', language => {
  const where = { fr: 'depuis Chrome sur Linux', en: 'from Chrome on Linux' }
  const when = { fr: 'le 28\u00a0novembre 2026 à 14\u00a0h\u00a005', en: 'on 28 November 2026 at 14:05' }

  it.each(mailsOnly.filter(kind => (notices[kind] as { when?: null }).when !== null && !goesToDesk(kind)))(
    '%s says when it was and from which device, and without a device nothing of one',
    async kind => {
      const { text } = await written(kind, language)
      expect(plain(text)).toContain(plain(`${when[language]}, ${where[language]}.`))
      const unknown = await written(kind, language, { events: [{ ...event, device: '' }] })
      expect(plain(unknown.text)).toContain(plain(`${when[language]}.`))
      expect(unknown.text).not.toContain('Chrome')
    },
  )

  it.each(mailsOnly)('%s fetches nothing, and its HTML says what its text says', async kind => {
    const { html, text } = await written(kind, language)
    expect(html).not.toMatch(/\ssrc="(?!cid:)|url\(|<link|<script|@import/)
    expect(html).toContain(`<html lang="${language}" dir="ltr">`)
    const said = plain(html.replace(/<(style|title)[\s\S]*?<\/\1>/g, '').replace(/<[^>]+>/g, ' ')).replace(
      /&(amp|lt|gt|quot|#39);/g,
      (_, name: string) => ({ amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" })[name] ?? '',
    )
    const withoutSpaces = (words: string) => words.replace(/\s/g, '')
    for (const paragraph of text.split('\n\n').filter(part => !part.includes('/ce-n-est-pas-moi/')))
      expect(withoutSpaces(said), paragraph).toContain(withoutSpaces(paragraph))
  })

  it.each(mailsOnly.filter(kind => !goesToDesk(kind)))('%s has sentences of at most 20 words', async kind => {
    const { text } = await written(kind, language)
    const sentences = text.replace(/https?:\S+/g, 'URL').split(/(?<=[.?!])\s+|\n\n/)
    for (const sentence of sentences)
      expect(
        sentence.split(/\s+/).filter(word => /[\p{L}\d]/u.test(word)).length,
        sentence,
      ).toBeLessThanOrEqual(20)
  })
})

it('several events are a list, and the helpdesk’s telephone and address are links', async () => {
  const { html } = await written('joker-suspended', 'fr', { events: [event, event, event] })
  expect(html.match(/<li>/g)).toHaveLength(3)
  expect(html).toContain('href="tel:0353012233"')
  expect(html).toContain('href="mailto:assistance@clairval.example"')
})

it('a logo that every client shows is a part of the mail; another is left out', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sesame-logo-'))
  for (const [name, type] of [
    ['logo.png', 'image/png'],
    ['logo.svg', null],
  ] as const) {
    const logoFile = join(folder, name)
    writeFileSync(logoFile, 'picture')
    const mail = await written('password-changed', 'fr', { look: { logoFile } })
    expect(mail.logo?.type ?? null).toBe(type)
    expect(mail.html.includes('src="cid:logo@sesame"')).toBe(type !== null)
  }
  await rm(folder, { recursive: true })
})

describe.skipIf(!hasChromium() && process.env.CI !== 'true')(
  'mails in a client with a dark mode and one without',
  () => {
    let browser: Browser
    beforeAll(async () => {
      browser = await launchChromium()
    })
    afterAll(() => browser?.close())

    const looks = [
      {},
      { primary: '#ffe04a', accent: '#c00000' },
      { primary: '#777777' },
      { primary: '#000000' },
    ]
    it.each(looks)('have enough contrast in both schemes, and fit a phone, in the colours %j', async look => {
      for (const colorScheme of ['light', 'dark'] as const)
        for (const width of [320, 600]) {
          const context = await browser.newContext({ colorScheme, viewport: { width, height: 700 } })
          const page = await context.newPage()
          for (const kind of ['password-changed', 'code', 'joker-suspended'] as const) {
            const { html } = await written(kind, 'fr', { look, events: [event, event] })
            await page.setContent(html)
            expect(await axeFaults(page, 'cat.color'), `${kind} ${colorScheme}`).toEqual([])
            expect(await overflows(page)).toBe(false)
            const background = await page.evaluate(() => getComputedStyle(document.body).backgroundColor)
            expect(background === 'rgb(18, 24, 23)').toBe(colorScheme === 'dark')
          }
          await context.close()
        }
    })

    it('are otherwise without a fault', async () => {
      const page = await browser.newPage()
      const { html, subject } = await written('password-changed', 'fr')
      await page.setContent(html)
      const faults = await axeFaults(page)
      // A mail is no page: it has no landmarks.
      expect(faults.filter(fault => !/landmark|region/.test(fault))).toEqual([])
      expect(await page.title()).toBe(subject)
      expect(subject).toBe(sayIn('fr')('mail.password-changed.subject'))
    })
  },
)
