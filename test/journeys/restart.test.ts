import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { systemClock } from '../../src/clock.ts'
import { storeLocation } from '../../src/foundations.ts'
import { migrationsFolder } from '../../src/portal.ts'
import { openStore } from '../../src/store/open.ts'
import type { Store } from '../../src/store/store.ts'
import { bundle } from '../world/bundle.ts'
import { activationCodeFor } from '../world/crowd.ts'
import { appOf, appSecretIn, enrolApp, optionsIn, recoveryCodesIn } from '../world/factors.ts'
import { unlimited } from '../world/limits.ts'
import { available, type PortalFixture, type PortalKind, startPortal } from '../world/portal.ts'
import { type PortalProcess, spawnPortal } from '../world/portal-process.ts'
import { root } from '../world/root.ts'
import { newSecurityKey } from '../world/security-key.ts'
import { newVisitor, textOf, type Visitor } from '../world/visitor.ts'

type CrowdMember = PortalFixture['crowd'][number]
type RestartVisitor = {
  readonly visitor: Visitor
  readonly crowdMember: CrowdMember
  /** The activation code of this person. */
  readonly code: string
  readonly url: string
  readonly mailed: (to: string) => Promise<string>
}

const kinds: readonly PortalKind[] = [
  { directory: 'embedded', store: 'SQLite' },
  { directory: 'embedded', store: 'PostgreSQL' },
]
const chosen = 'Tr0mbone&Cascade-3'
const password = { nouveau: chosen, confirmation: chosen, charte: 'oui' }

const send = async ({ visitor }: RestartVisitor, path: string, fields: Readonly<Record<string, string>>) =>
  visitor.send(path, fields)
const leads = async (
  here: RestartVisitor,
  path: string,
  fields: Readonly<Record<string, string>>,
  to: string | RegExp,
) => expect((await send(here, path, fields)).location).toMatch(to)
const shows = async ({ visitor }: RestartVisitor, path: string, words: string | RegExp) =>
  expect(textOf((await visitor.get(path)).html)).toMatch(words)
const identify = (here: RestartVisitor, form: string) =>
  here.visitor.post(form, { numero: here.crowdMember.number, naissance: here.crowdMember.date })
const signIn = ({ visitor, crowdMember }: RestartVisitor) =>
  visitor.signIn(crowdMember.login, crowdMember.initialPassword)

/** Each journey yields where the process is killed; its next requests go to another process. */
const journeys: Readonly<Record<string, (here: RestartVisitor) => AsyncGenerator<void, void>>> = {
  'a forgotten identifier': async function* (here) {
    const [question, end] = ['/fr/identifiant/question-joker', '/fr/identifiant/termine']
    await identify(here, '/fr/identifiant/identification/numero-personnel')
    yield
    expect(textOf((await send(here, question, { reponse: 'faux' })).html)).toContain('Il vous reste 4 essais')
    yield
    expect(textOf((await send(here, question, { reponse: 'nouveau' })).html)).toContain(
      'Il vous reste 3 essais',
    )
    await leads(here, question, { reponse: 'rex' }, end)
    yield
    await shows(here, end, here.crowdMember.login)
  },

  'a forgotten password': async function* (here) {
    const [next, end] = ['/fr/mot-de-passe/nouveau', '/fr/mot-de-passe/termine']
    await identify(here, '/fr/mot-de-passe/identification/numero-personnel')
    yield
    await leads(here, '/fr/mot-de-passe/question-joker', { reponse: 'rex' }, next)
    yield
    await leads(here, next, password, end)
    yield
    await shows(here, end, 'Votre mot de passe a bien été modifié')
  },

  'an activation': async function* (here) {
    const at = (step: string) => `/fr/activation/${step}`
    await identify(here, at('identification/numero-personnel'))
    yield
    await leads(here, at('code'), { code: here.code }, at('mot-de-passe'))
    yield
    await leads(here, at('mot-de-passe'), password, at('question-joker'))
    yield
    expect((await send(here, at('question-joker'), { question: 'pet', reponse: 'cascade' })).status).toBe(422)
    await leads(here, at('question-joker'), { question: 'pet', reponse: 'Belphégor' }, at('adresse'))
    yield
    await leads(here, at('adresse'), { contact: 'lou@maison.example' }, at('adresse/code'))
    yield
    const first = await here.mailed('lou@maison.example')
    await leads(here, at('adresse/code'), { code: first }, at('mobile'))
    yield
    await leads(here, at('mobile'), { contact: '06 12 34 56 78' }, at('mobile/code'))
    yield
    await leads(here, at('mobile/code'), { code: await here.mailed('+33612345678') }, at('termine'))
    yield
    await shows(here, at('termine'), here.crowdMember.login)
  },

  'a change of password': async function* (here) {
    const form = '/fr/compte/mot-de-passe'
    await signIn(here)
    yield
    const { initialPassword, login } = here.crowdMember
    const { location } = await send(here, form, { ancien: initialPassword, ...password })
    expect(location).toMatch(/mot-de-passe\/[\w-]{22}$/)
    yield
    await shows(here, location ?? '', 'Votre mot de passe a bien été modifié')
    expect((await newVisitor(here.url).signIn(login, chosen)).location).toBe('/fr/compte')
  },

  'a code that an address waits for': async function* (here) {
    const [list, form] = ['/fr/compte/adresses', '/fr/compte/adresses/mail']
    await signIn(here)
    await leads(here, list, { faire: 'mail', mail: 'foule@ailleurs.example' }, form)
    yield
    await leads(here, form, { code: '11111111' }, form)
    yield
    await shows(here, form, 'Il vous reste 4 essais')
    const code = await here.mailed('foule@ailleurs.example')
    await leads(here, form, { code }, list)
    yield
    await shows(here, list, 'foule@ailleurs.example')
  },

  'a sign-in that waits for the second factor': async function* (here) {
    const form = '/fr/connexion/second-element/compte'
    await signIn(here)
    // The code of the step before: the current one has not been used.
    const { app } = await enrolApp(here.visitor, () => Date.now() - 30_000)
    const again = { ...here, visitor: newVisitor(here.url) }
    expect((await signIn(again)).location).toBe(form)
    yield
    expect(textOf((await send(again, form, { code: '000000' })).html)).toContain('Il vous reste 4 essais')
    yield
    await leads(again, form, { code: app(Date.now()) }, '/fr/compte')
    yield
    await shows(again, '/fr/compte/sessions', 'Mes sessions')
  },

  'an app that is being put in service': async function* (here) {
    const form = '/fr/compte/application'
    await signIn(here)
    await send(here, form, { action: 'commencer' })
    const letters = appSecretIn((await here.visitor.get(form)).html) ?? ''
    yield
    expect(appSecretIn((await here.visitor.get(form)).html)).toBe(letters)
    await leads(here, form, { action: 'confirmer', code: appOf(letters)(Date.now()) }, form)
    yield
    await shows(here, form, 'en service depuis')
  },

  'a sheet of codes that waits for its first': async function* (here) {
    const form = '/fr/compte/codes-de-secours'
    await signIn(here)
    const { html } = await send(here, form, { action: 'commencer' })
    const [code = ''] = recoveryCodesIn(html)
    yield
    await leads(here, form, { action: 'confirmer', code }, form)
    yield
    await shows(here, form, 'Il vous reste 7 codes')
  },

  'a passkey between its making and its trial': async function* (here) {
    const list = '/fr/compte/cles-d-acces'
    const port = new URL(here.url).port
    const key = newSecurityKey({ origin: `http://localhost:${port}`, host: 'localhost' })
    await signIn(here)
    await send(here, list, { action: 'commencer' })
    const making = optionsIn((await here.visitor.get(`${list}/nouvelle`)).html)
    yield
    await here.visitor.post(`${list}/nouvelle`, { nom: 'Téléphone', cle: key.make(making) })
    const trying = optionsIn((await here.visitor.get(`${list}/essai`)).html)
    yield
    await here.visitor.post(`${list}/essai`, { cle: key.sign(trying) })
    yield
    await shows(here, list, 'Téléphone')
  },

  'a first day put off': async function* (here) {
    await signIn(here)
    await here.visitor.post('/fr/compte/premier-jour', {})
    yield
    await shows(here, '/fr/compte', 'Bonjour Lou')
    await signIn(here)
    await shows(here, '/fr/compte/premier-jour', 'encore reporter 2 fois')
  },

  'a session, ended from another device': async function* (here) {
    await signIn(here)
    yield
    await shows(here, '/fr/compte/sessions', 'Mes sessions')
    const other = { ...here, visitor: newVisitor(here.url) }
    await signIn(other)
    await other.visitor.post('/fr/compte/sessions', { session: 'autres' })
    yield
    expect((await here.visitor.get('/fr/compte/journal')).location).toBe(
      '/fr/connexion/session-terminee/journal',
    )
    await shows(other, '/fr/compte/sessions', 'Mes sessions')
  },
}

const names = Object.keys(journeys)

describe.each(kinds.filter(available))('a process killed in the middle, on $store', kind => {
  const outcomes = new Map<string, unknown>()
  let fixture: PortalFixture
  let store: Store
  let process: PortalProcess

  const mailed = async (to: string) => {
    for (;;) {
      const arrived = store.read.selectFrom('demo_mails').select('body').where('recipient', '=', to)
      const code = /\b\d{4}\s?\d{4}\b/.exec((await arrived.executeTakeFirst())?.body ?? '')?.[0]
      if (code) return code
      await systemClock.sleep(50)
    }
  }

  const begin = async (name: string, index: number) => {
    const crowdMember = fixture.crowd[index]
    const journey = journeys[name]
    if (!(crowdMember && journey)) throw new Error(`nobody walks ${name}`)
    const code = name === 'an activation' ? await activationCodeFor(fixture.application, crowdMember) : ''
    const visitor = newVisitor(fixture.url, { connection: 'close' })
    return { name, walk: journey({ visitor, crowdMember, code, url: fixture.url, mailed }) }
  }

  /** Runs each journey up to its next yield, in parallel; they continue in the next process. */
  const goOn = async (walking: readonly Awaited<ReturnType<typeof begin>>[]) => {
    const settled = await Promise.allSettled(walking.map(({ walk }) => walk.next()))
    return walking.filter(({ name }, index) => {
      const step = settled[index]
      if (step?.status === 'rejected') outcomes.set(name, step.reason)
      else if (step?.value.done) outcomes.set(name, null)
      return step?.status === 'fulfilled' && !step.value.done
    })
  }

  beforeAll(async () => {
    fixture = await startPortal({ ...kind, crowd: names.length, config: { limits: unlimited } })
    let walking = await Promise.all(names.map(begin))
    await fixture.portal.close()
    store = await openStore(storeLocation(fixture.settings), {
      migrations: migrationsFolder({ root, dist: '' }),
    })
    const script = await bundle('test/world/crashing-portal.ts', 'dying-restarts.js')
    while (walking.length > 0) {
      process = await spawnPortal(fixture, undefined, { script })
      walking = await goOn(walking)
      await process.kill()
    }
  }, 300_000)
  afterAll(async () => {
    await process?.kill()
    await store?.close()
  })

  it.each(names)('%s goes on where it was', name => {
    const outcome = outcomes.get(name)
    if (outcome) throw outcome
    expect(outcome).toBe(null)
  })
})
