import { Attribute, Change } from 'ldapts'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { minutes } from '../../src/clock.ts'
import type { PersonId } from '../../src/directory/directory.ts'
import { completesWithin } from '../../src/services/completes-within.ts'
import { movableClock } from '../world/clock.ts'
import { available, type PortalFixture, startPortal } from '../world/portal.ts'
import { hasSlapd } from '../world/slapd.ts'
import { newVisitor, textOf } from '../world/visitor.ts'

const form = '/fr/mot-de-passe/nouveau'
const unchanged = "Votre mot de passe n'a pas été changé"

describe.skipIf(!available({ directory: 'slapd', store: 'SQLite' }))(
  'when the directory fails in the middle of a journey',
  () => {
    let fixture: PortalFixture
    let visitor: ReturnType<typeof newVisitor>
    let chosen = 100
    const clock = movableClock()
    const password = () => {
      chosen += 1
      return `Tr0mbone&Cascade-${chosen}`
    }
    beforeAll(async () => {
      expect(hasSlapd()).toBe(true)
      fixture = await startPortal({ directory: 'slapd', store: 'SQLite', people: 50, clock })
    })
    afterAll(async () => {
      fixture?.slapd?.resume()
      await fixture?.stop()
    })
    beforeEach(async () => {
      clock.forward(minutes(61))
      visitor = newVisitor(fixture.url)
      await visitor.answerJokerAsCamille()
    })

    const camille = async () => {
      const found = await fixture.application.directory.findLogin('clefevre')
      if (!found.ok || !found.person) throw new Error('Camille is gone')
      return found.person.id
    }
    const opens = async (id: PersonId, secret: string) =>
      (await fixture.application.directory.bind(id, secret)).ok

    it('hanging: identification says so with a reference, and pages that need no directory stay fast', async () => {
      fixture.slapd?.pause()
      const slow = newVisitor(fixture.url)
      const waiting = slow.identify('numero-personnel', '204518', '14/07/1985')
      const page = await slow.get('/fr/aide')
      expect(page.status).toBe(200)
      expect(await completesWithin(20_000, waiting)).toBe(true)
      const answer = await waiting
      fixture.slapd?.resume()
      expect(answer.status).toBe(503)
      expect(textOf(answer.html)).toMatch(/référence à l'assistance : SES-/)
      expect(slow.cookies.size).toBe(0)
    })

    it('hanging at the write: success is shown to nobody until the directory is back and confirms it', async () => {
      const id = await camille()
      const secret = password()
      const page = await visitor.get(form)
      fixture.slapd?.pause()
      const answer = await visitor.post(form, {
        nouveau: secret,
        confirmation: secret,
        charte: 'oui',
        demarche: visitor.refIn(page.html),
      })
      const shownPage = answer.status === 303 ? await visitor.get(answer.location ?? '') : answer
      expect(textOf(shownPage.html)).not.toContain('a bien été modifié')
      fixture.slapd?.resume()
      await expect
        .poll(async () => (await visitor.get('/fr/mot-de-passe/verification')).location, {
          timeout: 25_000,
          interval: 500,
        })
        .toMatch(/termine|nouveau/)
      const { location } = await visitor.get('/fr/mot-de-passe/verification')
      expect(await opens(id, secret)).toBe(location?.endsWith('termine'))
    })

    it('refused connections: the step stays open, and works once the server is back', async () => {
      const secret = password()
      await fixture.slapd?.kill()
      const refused = await visitor.choose(secret)
      expect(refused.status).toBe(503)
      await fixture.slapd?.start()
      const again = await visitor.get(form)
      expect(again.status).toBe(200)
      expect((await visitor.choose(secret)).location).toMatch(/termine$/)
      expect(await opens(await camille(), secret)).toBe(true)
    })

    it('its own policy speaks in the words of the person', async () => {
      const id = await camille()
      const secret = password()
      await fixture.slapd?.asRoot(async client => {
        const minimum = new Attribute({ type: 'pwdMinLength', values: ['25'] })
        await client.modify(
          'cn=default,ou=policies,dc=univ,dc=example',
          new Change({ operation: 'replace', modification: minimum }),
        )
      })
      const answer = await visitor.choose(secret)
      expect(answer.location).toMatch(/nouveau$/)
      const shown = textOf((await visitor.get('/fr/mot-de-passe/nouveau')).html)
      expect(shown).toContain("L'annuaire demande un mot de passe plus long. Ajoutez quelques caractères.")
      expect(shown).toContain(unchanged)
      expect(await opens(id, secret)).toBe(false)
      const longer = `${secret}-Boussole`
      expect((await visitor.choose(longer)).location).toMatch(/termine$/)
    })
  },
)
