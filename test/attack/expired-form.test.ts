import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { enrolApp } from '../world/factors.ts'
import { type OpenIdInstitution, openIdInstitution } from '../world/identity-servers.ts'
import { institutionVisitors, worldPasswordOf } from '../world/institution-visitors.ts'
import { unlimited } from '../world/limits.ts'

import { newVisitor, textOf } from '../world/visitor.ts'

/**
 * Where the institution's server does the sign-in, one form of the portal still asks anyone for a password: « Votre mot de passe a
 * expiré ». A right password that has not expired must be answered, counted and recorded like a wrong one; otherwise lists of
 * leaked passwords could be tried there, bypassing the second factor and the log of that server.
 */
describe('the form of an expired password, where the institution’s server signs people in', () => {
  let institution: OpenIdInstitution
  beforeAll(async () => {
    institution = await openIdInstitution({ limits: unlimited })
    const { here } = await institutionVisitors(institution).signedIn('tpetit')
    await enrolApp(here, Date.now)
  }, 60_000)
  afterAll(() => institution?.stop())

  const inStore = () => institution.fixture.application.store
  const post = (login: string, ancien: string, language: 'fr' | 'en' = 'fr') =>
    newVisitor(institution.fixture.url).post(`/${language}/connexion/mot-de-passe-expire`, {
      identifiant: login,
      ancien,
      charte: 'oui',
      nouveau: 'Tr0mbone&Cascade-3',
      confirmation: 'Tr0mbone&Cascade-3',
    })

  /** The remaining rows: counts, limits and events, without random names. */
  const left = async () => {
    const { read } = inStore()
    const failures = await read
      .selectFrom('password_failures')
      .select(['requester', 'counted', 'in_a_row', 'pending', 'forgotten_after'])
      .execute()
    const counters = await read
      .selectFrom('counters')
      .select(eb => ['name', eb.fn.sum<number>('count').as('count')])
      .where('name', '!=', 'global')
      .groupBy('name')
      .execute()
    const events = await read
      .selectFrom('audit_events')
      .select(eb => ['kind', eb.fn.countAll<number>().as('count')])
      // Rows of background jobs.
      .where('kind', 'not in', ['system.heads', 'system.sealed', 'mail.sent', 'mail.sent-before-proof'])
      .groupBy('kind')
      .orderBy('kind')
      .execute()
    return { failures, counters, events }
  }

  /** Sends the form seven times, starting without earlier failures in the store. */
  const trace = async (login: string, password: string) => {
    await inStore().transaction(async tx => {
      for (const table of ['password_failures', 'counters'] as const) await tx.deleteFrom(table).execute()
      for (const table of ['audit_details', 'audit_events', 'audit_heads'] as const)
        await tx.deleteFrom(table).execute()
    })
    const answers: { status: number; page: string; cookies: string[]; late: boolean }[] = []
    for (let tried = 0; tried < 7; tried += 1) {
      const began = performance.now()
      const { status, html, headers } = await post(login, password)
      // The form comes back with the login, until passwords are no longer checked: a page without a form says so.
      const comesBack = html.includes(`value="${login}"`)
      expect(comesBack).toBe(tried < 5)
      const late = performance.now() - began >= institution.fixture.settings.limits.identificationFloor
      const page = textOf(html).replace(/\d\d:\d\d/g, 'HOUR')
      answers.push({ status, page, cookies: headers.getSetCookie(), late })
    }
    return { answers, left: await left() }
  }

  it.each(['clefevre', 'tpetit'])(
    'a valid right password of %s is answered like a wrong one and an unknown login',
    { timeout: 60_000 },
    async login => {
      const right = await trace(login, worldPasswordOf(login))
      const closed = right.answers.map(({ page }) => page.includes("n'est plus vérifié ici"))
      expect(closed).toEqual([false, false, false, false, false, true, true])
      expect(right).toEqual(await trace(login, 'Faux-Passage-77'))
      expect(right).toEqual(await trace('personne', 'Faux-Passage-77'))
    },
  )

  it('says so in one sentence, in each language', async () => {
    const answerTo = async (password: string, language: 'fr' | 'en') =>
      textOf((await post('ybenali', password, language)).html)
    for (const password of [worldPasswordOf('ybenali'), 'Faux-Passage-77']) {
      expect(await answerTo(password, 'fr')).toContain(
        "Ce n'est pas un mot de passe expiré : rien n'a été changé.",
      )
      expect(await answerTo(password, 'en')).toContain(
        'This is not an expired password: nothing was changed.',
      )
    }
  })
})
