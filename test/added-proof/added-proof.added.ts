import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hours, minutes } from '../../src/clock.ts'
import type { PersonId } from '../../src/directory/directory.ts'
import type { Tx } from '../../src/store/store.ts'
import { movableClock } from '../world/clock.ts'
import { appOf, appSecretIn, printSheet } from '../world/factors.ts'
import { unlimited } from '../world/limits.ts'
import { type PortalFixture, startPortal } from '../world/portal.ts'
import { proofContract } from '../world/proof-contract.ts'
import { newVisitor, textOf } from '../world/visitor.ts'
import { table, texts } from './additions.ts'

const createTable = (tx: Tx) => sql.raw(table).execute(tx)

proofContract({
  name: 'spokenCodes',
  prepare: createTable,
  begin: async ({ all, transaction }, person) => {
    const code = await transaction(tx => all.spokenCodes.begin(tx, person))
    return { right: async () => code, wrong: async () => 'ABCDEFGHJKMNPQ' }
  },
  verify: ({ all }, person, typed) => all.spokenCodes.verify({ person }, typed),
})

const factorPage = '/fr/connexion/second-element/compte'
const login = 'odubois'
const password = 'Bienvenue!2026o'

describe('an added proof, in its own folder and on one line of the list', () => {
  let fixture: PortalFixture
  const clock = movableClock()
  let person = '' as PersonId
  beforeAll(async () => {
    fixture = await startPortal({
      directory: 'embedded',
      store: 'SQLite',
      clock,
      config: { limits: unlimited },
    })
    await fixture.application.store.transaction(createTable)
    const found = await fixture.application.directory.findLogin(login)
    person = (found.ok ? found.person?.id : undefined) ?? person
  })
  afterAll(() => fixture?.stop())

  const speak = () => {
    const { store, proofs } = fixture.application
    return store.transaction(tx => proofs.spokenCodes.begin(tx, person))
  }
  const signIn = async () => {
    const visitor = newVisitor(fixture.url)
    const { location } = await visitor.signIn(login, password)
    return { visitor, location }
  }
  const noticesOf = async () =>
    (
      await fixture.application.store.read
        .selectFrom('demo_mails')
        .select('subject')
        .orderBy('received_at')
        .execute()
    ).map(({ subject }) => subject)

  let owner = newVisitor('')

  it('has its line in « Mon compte » and is not asked for alone', async () => {
    const { visitor, location } = await signIn()
    expect(location).toBe('/fr/compte')
    // The choices of the first day come later.
    await visitor.post('/fr/compte/premier-jour', {})
    expect(textOf((await visitor.get('/fr/compte')).html)).toContain(texts.fr['spoken.none'])
    await speak()
    const page = textOf((await visitor.get('/fr/compte')).html)
    expect(page).toContain('Code dit par l')
    expect(page).toContain(texts.fr['spoken.there'])
    expect((await signIn()).location).toBe('/fr/compte')
  })

  it('is voided by the first factor that is asked for, like a printed sheet', async () => {
    owner = (await signIn()).visitor
    const path = '/fr/compte/application'
    await owner.post(path, { action: 'commencer' })
    const app = appOf(appSecretIn((await owner.get(path)).html) ?? '')
    const { html } = await owner.post(path, { action: 'confirmer', code: app(clock.now()) })
    expect(textOf(html)).toContain(texts.fr['spoken.void'])
    clock.forward(minutes(2))
    expect(await fixture.application.proofs.spokenCodes.describe(person)).toEqual([])
    await expect.poll(noticesOf).toContain(texts.fr['mail.spoken-code-removed.subject'].replaceAll("'", '’'))
  })

  it('replaces the app at sign-in, once, and its owner is told by a mail', async () => {
    const code = await speak()
    const { visitor, location } = await signIn()
    expect(location).toBe(factorPage)
    expect((await visitor.post(factorPage, { code: 'ABCDEFGHJKMNPQ' })).status).toBe(422)
    expect((await visitor.post(factorPage, { code: code.toLowerCase() })).location).toBe('/fr/compte')
    const again = await signIn()
    expect((await again.visitor.post(factorPage, { code })).status).toBe(422)
    await expect.poll(noticesOf).toContain(texts.fr['mail.spoken-code-used.subject'].replaceAll("'", '’'))
    expect(textOf((await visitor.get('/fr/compte/journal')).html)).toContain('Second élément reconnu')
  })

  it('is shown to the helpdesk, and cleared with the other factors', async () => {
    await printSheet(owner)
    await speak()
    const { helpdesk } = fixture.application
    const why = { by: 'thomas', reason: 'lost' }
    const found = await fixture.application.directory.read(person)
    if (!(found.ok && found.person)) throw new Error('nobody')
    const { state } = await helpdesk.inspect(found.person, why)
    expect(state.factors.count).toMatchObject({ authenticator: 1, 'spoken-code': 1 })
    expect(await helpdesk.clearFactors(person, why)).toEqual([
      'authenticator',
      'recovery-codes',
      'spoken-code',
    ])
  })

  it('is named when the account is unfrozen, and removed if its owner does not know it', async () => {
    await speak()
    const { helpdesk, proofs } = fixture.application
    const why = { by: 'thomas', reason: 'call' }
    await helpdesk.freeze(person, why)
    clock.forward(hours(1))
    const undecided = await helpdesk.unfreeze(person, { ...why, decided: null })
    if (undecided.ok || undecided.reason !== 'undecided') throw new Error('it was not named')
    expect(undecided.recent.map(({ what }) => what)).toContain('spoken-code')
    expect((await helpdesk.unfreeze(person, { ...why, decided: 'clear' })).ok).toBe(true)
    expect(await proofs.spokenCodes.isInService(person)).toBe(false)
  })
})
