import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type PortalFixture, startPortal } from '../world/portal.ts'
import { newVisitor } from '../world/visitor.ts'

describe('beside every new password, its login is there for a password manager', () => {
  let fixture: PortalFixture
  beforeAll(async () => {
    fixture = await startPortal({ directory: 'embedded', store: 'SQLite' })
  })
  afterAll(() => fixture?.stop())

  const managed = (login: string) => new RegExp(`autocomplete="username" value="${login}"`)

  it('in a journey, after the proof alone, and again when the form was refused', async () => {
    const visitor = newVisitor(fixture.url)
    await visitor.identify('numero-personnel', '204518', '14/07/1985')
    expect((await visitor.get('/fr/mot-de-passe/question-joker')).html).not.toContain('clefevre')
    await visitor.answer('Félix')
    expect((await visitor.get('/fr/mot-de-passe/nouveau')).html).toMatch(managed('clefevre'))
    expect((await visitor.choose('court')).refusal).toMatch(managed('clefevre'))
    const rows = await fixture.application.store.read.selectFrom('journeys').selectAll().execute()
    expect(JSON.stringify(rows)).not.toMatch(/(?<!demo-)clefevre|court/)
  })

  it('in the account', async () => {
    const visitor = newVisitor(fixture.url)
    await visitor.signIn('ybenali', 'Bienvenue!2026y')
    expect((await visitor.get('/fr/compte/mot-de-passe')).html).toMatch(managed('ybenali'))
  })
})
