import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { locales } from '../../src/texts/locales.ts'
import { languages } from '../../src/texts/texts.ts'
import type { DoneKey } from '../../src/ui/done-banner.tsx'
import { crowdMemberOf } from '../pages/journey-pages.ts'
import { send } from '../pages/seen.ts'
import { enrolApp, enrolPasskey, printSheet } from '../world/factors.ts'
import { unlimitedPosts } from '../world/limits.ts'
import { codeSentTo } from '../world/mailbox.ts'
import { type PortalFixture, startPortal } from '../world/portal.ts'
import { newVisitor, textOf, type Visitor } from '../world/visitor.ts'

describe('after each change of the account', () => {
  let fixture: PortalFixture
  beforeAll(async () => {
    fixture = await startPortal({
      directory: 'embedded',
      store: 'SQLite',
      crowd: 20,
      config: { limits: unlimitedPosts },
    })
  })
  afterAll(() => fixture?.stop())

  const addContact = async (visitor: Visitor) => {
    const to = `lou${Math.random()}@ailleurs.example`
    await send(visitor, 'addresses', { faire: 'mail', mail: to })
    await send(visitor, 'addressCode', { code: await codeSentTo(fixture, to) }, { kind: 'mail' })
  }
  const firstOf = async (visitor: Visitor, path: string) =>
    /name="laquelle" value="([^"]+)"/.exec((await visitor.get(path)).html)?.[1] ?? ''
  const addPasskey = (visitor: Visitor) => enrolPasskey(visitor, fixture.url)
  /** Reads the page meanwhile, so that what was made before is told already. */
  const madeBefore = async (visitor: Visitor, path: string, change: Promise<unknown>) => {
    await change
    await visitor.get(path)
  }
  const addresses = '/fr/compte/adresses'
  const [app, codes, passkeys] = [
    '/fr/compte/application',
    '/fr/compte/codes-de-secours',
    '/fr/compte/cles-d-acces',
  ]
  const sessions = '/fr/compte/sessions'

  type Change = {
    readonly path: string
    readonly make: (visitor: Visitor, member: Member) => Promise<unknown>
  }
  type Member = ReturnType<typeof crowdMemberOf>
  const elsewhere = async ({ login, initialPassword }: Member) =>
    newVisitor(fixture.url).signIn(login, initialPassword)

  const changes: Readonly<Record<DoneKey, Change>> = {
    'done-contact-was-added': { path: addresses, make: addContact },
    'done-contact-was-removed': {
      path: addresses,
      make: async visitor => {
        await madeBefore(visitor, addresses, addContact(visitor))
        await send(visitor, 'addresses', { faire: 'retirer', laquelle: await firstOf(visitor, addresses) })
      },
    },
    'done-joker-was-chosen': {
      // To the account, which leads on: an address is still to be given on the first day.
      path: '/fr/compte/premier-jour',
      make: visitor =>
        send(visitor, 'jokerChoice', { question: 'pet', propre: '', reponse: 'Rantanplan-du-Nord' }),
    },
    'done-authenticator-was-added': { path: app, make: visitor => enrolApp(visitor, () => Date.now()) },
    'done-authenticator-was-removed': {
      path: app,
      make: async visitor => {
        await madeBefore(
          visitor,
          app,
          enrolApp(visitor, () => Date.now()),
        )
        await send(visitor, 'authenticator', { action: 'retirer' })
      },
    },
    'done-printed-codes-were-added': { path: codes, make: visitor => printSheet(visitor) },
    'done-printed-codes-were-removed': {
      path: codes,
      make: async visitor => {
        await madeBefore(visitor, codes, printSheet(visitor))
        await send(visitor, 'recoveryCodes', { action: 'retirer' })
      },
    },
    'done-passkey-was-added': { path: passkeys, make: addPasskey },
    'done-passkey-was-removed': {
      path: passkeys,
      make: async visitor => {
        await madeBefore(visitor, passkeys, addPasskey(visitor))
        await send(visitor, 'passkeys', { action: 'retirer', laquelle: await firstOf(visitor, passkeys) })
      },
    },
    'done-session-was-ended': {
      path: sessions,
      make: async (visitor, member) => {
        await elsewhere(member)
        const refs = [...(await visitor.get(sessions)).html.matchAll(/name="session" value="([\w-]+)"/g)]
        const other = refs.map(([, ref = '']) => ref).find(ref => ref !== 'autres') ?? ''
        await send(visitor, 'sessions', { session: other })
      },
    },
    'done-sessions-were-ended': {
      path: sessions,
      make: async (visitor, member) => {
        await elsewhere(member)
        await send(visitor, 'sessions', { session: 'autres' })
      },
    },
  }

  it.each(Object.entries(changes))(
    '%s: the next page says so first, with the focus, and in its title; once',
    async (key, { path, make }) => {
      const member = crowdMemberOf(fixture, Object.keys(changes).indexOf(key) + 1)
      const visitor = newVisitor(fixture.url)
      await visitor.signIn(member.login, member.initialPassword)
      await make(visitor, member)
      const { html } = await visitor.get(path)
      const sentence = textOf(locales.fr.typeset(locales.fr.texts[key as DoneKey]))
      const floor = html.slice(html.indexOf('class="floor"'))
      expect(floor).toMatch(/^class="floor"><div class="note good" role="status" tabindex="-1" autofocus/)
      expect(textOf(/role="status"[\s\S]*?<\/h2>/.exec(floor)?.[0] ?? '')).toContain(sentence)
      expect(textOf(/<title>[^<]*/.exec(html)?.[0] ?? '')).toContain(`${sentence} – `)
      const again = await visitor.get(path)
      expect(again.html).not.toContain('role="status" tabindex')
    },
  )

  const banner = 'role="status" tabindex'
  const signedIn = async (number: number) => {
    const member = crowdMemberOf(fixture, number)
    const visitor = newVisitor(fixture.url)
    await visitor.signIn(member.login, member.initialPassword)
    return visitor
  }
  const doneCookieOf = ({ cookies }: Visitor) => cookies.get('__Host-done') ?? ''

  it('another session never tells it, nor the sentence that a browser claims by itself', async () => {
    const [visitor, other] = [await signedIn(15), await signedIn(16)]
    await addContact(visitor)
    for (const value of [doneCookieOf(visitor), 'done-contact-was-added']) {
      expect(value).not.toBe('')
      other.cookies.set('__Host-done', value)
      expect((await other.get(addresses)).html, value).not.toContain(banner)
    }
    expect((await visitor.get(addresses)).html).toContain(banner)
  })

  it('the answer to a form that was sent meanwhile does not tell it, and leaves it to the next page', async () => {
    const visitor = await signedIn(17)
    await addContact(visitor)
    const answer = await visitor.post(codes, { action: 'commencer' })
    expect([answer.status, answer.html.includes(banner)]).toEqual([200, false])
    expect((await visitor.get(addresses)).html).toContain(banner)
  })

  const absent = 'x'.repeat(22)
  it.each([
    ['an address', addresses, { faire: 'retirer', laquelle: absent }],
    ['an app', app, { action: 'retirer' }],
    ['the printed codes', codes, { action: 'retirer' }],
    ['a passkey', passkeys, { action: 'retirer', laquelle: absent }],
    ['a session', sessions, { session: absent }],
    ['the other sessions', sessions, { session: 'autres' }],
  ])('is not said of the removal of %s where there was none', async (_, path, form) => {
    const visitor = await signedIn(18)
    // The sign-ins of the cases before.
    await visitor.post(sessions, { session: 'autres' })
    await visitor.get(sessions)
    const { status } = await visitor.post(path, form)
    expect(status).toBe(303)
    expect((await visitor.get(path)).html).not.toContain(banner)
  })

  it('has a sentence in every language', () => {
    for (const language of languages)
      for (const key of Object.keys(changes)) expect(locales[language].texts[key as DoneKey]).toBeTruthy()
  })
})
