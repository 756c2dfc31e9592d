import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { days, hours, minutes } from '../../src/clock.ts'
import { checkStatements } from '../../src/statements/check.ts'
import { type PortalFixture, startPortal } from '../world/portal.ts'
import { newVisitor, textOf } from '../world/visitor.ts'

const branding = {
  institution: 'Université des Îles',
  publisher: 'Université des Îles, 1 quai du Port, 29000 Quimper',
  publicationDirector: 'La présidente',
  host: 'Hébergeur des Îles, 02 00 00 00 02',
  dataProtection: 'dpo@iles.example',
  accessibility: 'partially',
  audit: {
    date: '2026-10-02',
    by: 'Cabinet Clair',
    rate: 87,
    inaccessible: { fr: ['Le règlement en PDF.'], en: ['The regulations as a PDF.'] },
  },
  helpdesk: { phone: '02 00 00 00 00', mail: 'aide@iles.example' },
}

describe('the statements', () => {
  let bare: PortalFixture
  let configured: PortalFixture
  beforeAll(async () => {
    bare = await startPortal({ directory: 'embedded', store: 'SQLite' })
    configured = await startPortal({
      directory: 'embedded',
      store: 'SQLite',
      config: {
        branding,
        password: { history: 2 },
        limits: {
          sessionIdle: minutes(20),
          sessionMaxAge: hours(6),
          purgeDetails: days(180),
          sealedPassword: hours(36),
          codeLife: minutes(7),
          helpdeskCode: minutes(6),
          purgeJourneys: hours(12),
        },
      },
    })
  })
  afterAll(async () => {
    await bare?.stop()
    await configured?.stop()
  })
  const read = async (fixture: PortalFixture, path: string) =>
    textOf((await newVisitor(fixture.url).get(path)).html)

  it('of accessibility has every part that RGAA asks for', async () => {
    const text = await read(configured, '/fr/accessibilite')
    for (const part of [
      "conformément à l'article 47 de la loi n° 2005-102 du 11 février 2005",
      `s'applique à ${configured.settings.publicUrl.href}`,
      'État de conformité',
      'partiellement conforme',
      "L'audit de Cabinet Clair, le 2 octobre 2026, a trouvé 87 % des critères respectés.",
      'Contenus non accessibles — Le règlement en PDF.'.replace('— ', ''),
      'Cette déclaration a été établie le 2 octobre 2026.',
      'Technologies',
      'Outils',
      'Pages vérifiées',
      "Retour d'information et contact",
      'aide@iles.example',
      'Défenseur des droits, Libre réponse 71120, 75342 Paris CEDEX 07',
    ])
      expect(text).toContain(part)
    expect(await read(configured, '/en/accessibilite')).toContain('The regulations as a PDF.')
  })

  it('declares nothing that no audit found', async () => {
    const text = await read(bare, '/fr/accessibilite')
    expect(text).toContain("Aucun audit n'a encore eu lieu : ce service est donc déclaré non conforme.")
    expect(text).toContain('Sans audit, nous ne pouvons pas encore en donner la liste.')
    await expect(
      startPortal({
        directory: 'embedded',
        store: 'SQLite',
        config: { branding: { accessibility: 'fully' } },
      }),
    ).rejects.toThrow('branding.audit')
    const audit = { ...branding.audit, rate: 40 }
    await expect(
      startPortal({ directory: 'embedded', store: 'SQLite', config: { branding: { ...branding, audit } } }),
    ).rejects.toThrow('branding.accessibility')
  })

  it('required by law names the people of the configuration and no others', async () => {
    const text = await read(configured, '/fr/mentions-legales')
    for (const given of [branding.publisher, branding.publicationDirector, branding.host])
      expect(text).toContain(given)
    const empty = await read(bare, '/fr/mentions-legales')
    expect(empty.match(/L'établissement ne l'a pas encore indiqué/g)).toHaveLength(2)
    expect(empty).toContain("l'établissement et ses coordonnées sont inventés")
  })

  it('of personal data shows the durations and the retention in force', async () => {
    const text = await read(configured, '/fr/donnees-personnelles')
    for (const fact of [
      '20 minutes sans action, 6 heures au plus',
      '180 jours pour les détails',
      '36 heures au plus en cas de panne',
      '7 minutes au plus',
      '12 heures après sa fin',
      'vos 2 derniers mots de passe',
      'dpo@iles.example',
      'Responsable du traitement : Université des Îles, 1 quai du Port',
      'Hébergeur des Îles',
    ])
      expect(text).toContain(fact)
    expect(text).not.toContain('serveur de l’établissement')
    const english = await read(bare, '/en/donnees-personnelles')
    for (const fact of [
      '30 minutes without activity, 8 hours at most',
      '12 months for the details',
      'your last 3',
    ])
      expect(english).toContain(fact)
  })

  it('have every missing setting reported to the operator', () => {
    expect(checkStatements(bare.settings).map(({ detail }) => detail.split(' ')[0])).toEqual([
      'branding.institution',
      'branding.publisher',
      'branding.publicationDirector',
      'branding.host',
      'branding.dataProtection',
      'branding.audit',
    ])
    expect(checkStatements(configured.settings)).toEqual([])
  })
})
