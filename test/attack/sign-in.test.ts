import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { unlimited } from '../world/limits.ts'
import { available, type PortalFixture, startPortal } from '../world/portal.ts'
import { newVisitor } from '../world/visitor.ts'

describe.skipIf(!available({ directory: 'slapd', store: 'SQLite' }))('many sign-ins at once', () => {
  let fixture: PortalFixture
  beforeAll(async () => {
    fixture = await startPortal({
      directory: 'slapd',
      store: 'SQLite',
      people: 20,
      config: { limits: unlimited },
    })
  })
  afterAll(() => fixture?.stop())

  /** Spellings that OpenLDAP treats as one login. */
  const variants = ['clefevre', 'CLEFEVRE', ' Clefevre', 'clefevre ']

  it('send the directory no more wrong passwords than one after another: a stranger cannot lock an account there', async () => {
    const sent = Array.from({ length: 40 }, (_, index) =>
      newVisitor(fixture.url).post('/fr/connexion', {
        identifiant: variants[index % variants.length] ?? '',
        motdepasse: `Faux-Passage-${index}`,
      }),
    )
    const statuses = (await Promise.all(sent)).map(({ status }) => status)
    // Half of what the policy of the directory allows (`test/world/slapd-ldif.ts`).
    expect(statuses.filter(status => status === 422)).toHaveLength(5)
    expect(statuses.filter(status => status === 429)).toHaveLength(35)
    const found = await fixture.application.directory.findLogin('clefevre')
    if (!found.ok || !found.person) throw new Error('Camille is gone')
    expect(await fixture.application.directory.bind(found.person.id, 'Bienvenue!2026c')).toEqual({ ok: true })
  })
})
