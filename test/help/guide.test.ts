import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { hasChromium } from '../world/browser.ts'
import { startDemonstration } from '../world/demonstration.ts'
import { newVisitor } from '../world/visitor.ts'
import { type Difference, differencesFrom } from './differences.ts'
import { type Seed, seed } from './seed.ts'

const camille = { number: '204518', date: '14/07/1985', answer: 'Félix' }

describe.skipIf(!hasChromium() && process.env.CI !== 'true')(
  'the guide « Réinitialiser son mot de passe »',
  () => {
    const { portal, chromium } = startDemonstration()

    let walks = 0
    const differences = async (wanted: Seed, change?: (page: Page) => Promise<unknown>) => {
      const context = await chromium().newContext({ locale: 'fr-FR', viewport: { width: 1280, height: 900 } })
      const page = await context.newPage()
      page.setDefaultTimeout(10_000)
      await change?.(page)
      walks += 1
      const reader = { ...camille, password: `Tr0mbone&Cascade-${walks}` }
      const found = await differencesFrom(page, portal().url, wanted, reader)
      await context.close()
      return found
    }
    const summaries = (found: readonly Difference[]) => found.map(({ step, what }) => `${step}: ${what}`)

    it('differs from the one that the university gives in no step, as Sésame makes it and as its pages are', async () => {
      expect(await differences(seed)).toEqual([])
    })

    const altered = (at: number, change: Partial<Seed['steps'][number]>): Seed => ({
      ...seed,
      steps: seed.steps.map((step, index) => (index === at - 1 ? { ...step, ...change } : step)),
    })

    it('names the step whose sentence, page or button is not the same', async () => {
      expect(summaries(await differences(altered(8, { says: ['Tapez la réponse'] })))).toEqual([
        '8: the guide says « Entrez la réponse à votre question joker », the seed « Tapez la réponse »',
      ])
      expect(summaries(await differences(altered(6, { shows: ['jour/mois/année'] })))).toEqual([
        '6: /fr/mot-de-passe/identification/numero-personnel does not show « jour/mois/année »',
      ])
      expect(
        summaries(await differences(altered(7, { acts: [{ press: 'Envoyer', as: 'button' }] }))),
      ).toEqual([
        '7: /fr/mot-de-passe/identification/numero-personnel has nothing called « Envoyer »: the walk ends here',
      ])
    })

    it('misses a step that is gone, one that is too many, and two in the wrong order', async () => {
      const without = { ...seed, steps: seed.steps.filter((_, at) => at !== 0) }
      expect((await differences(without))[0]).toMatchObject({ step: 1 })
      const [first, second, ...others] = seed.steps
      const swapped = { ...seed, steps: [second, first, ...others] } as Seed
      expect((await differences(swapped)).map(({ step }) => step).slice(0, 2)).toEqual([1, 2])
    })

    it('reads the running pages: a changed word is reported', async () => {
      const change = (page: Page) =>
        page.route('**/fr/mot-de-passe/identification/**', async route => {
          const answer = await route.fetch()
          await route.fulfill({
            response: answer,
            body: (await answer.text()).replace('Saisir numéro personnel', 'Votre matricule'),
          })
        })
      expect(summaries(await differences(seed, change))).toEqual([
        '5: /fr/mot-de-passe/identification/numero-personnel does not show « Saisir numéro personnel »',
      ])
    })

    it('exists for every population, in both languages', async () => {
      const visitor = newVisitor(portal().url)
      for (const language of ['fr', 'en'])
        for (const population of ['etudiant', 'personnel', 'externe']) {
          const { html } = await visitor.get(`/${language}/aide/guide/${population}`)
          expect(html.match(/<li><div class="stack">/g)).toHaveLength(seed.steps.length)
          expect(html.match(/<img /g)?.length).toBeGreaterThanOrEqual(7)
        }
    })
  },
)
