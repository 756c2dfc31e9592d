import { Attribute, Change } from 'ldapts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hours } from '../../src/clock.ts'
import { digestOf, newHandle } from '../../src/crypto/crypto.ts'
import { sendEveryForm } from '../world/every-form.ts'
import { enrolApp, enrolPasskey, printSheet } from '../world/factors.ts'
import { type Institution, institutions } from '../world/identity-servers.ts'
import { institutionVisitors, worldPasswordOf } from '../world/institution-visitors.ts'
import { unlimited } from '../world/limits.ts'

import { bases, suffix } from '../world/people.ts'
import { newVisitor, textOf } from '../world/visitor.ts'

const chosen = 'Tr0mbone&Cascade-3'
const expired = '/fr/connexion/mot-de-passe-expire'

describe.each(institutions)('where people sign in through $name', ({ start }) => {
  let institution: Institution
  let visitors: ReturnType<typeof institutionVisitors>
  let codes: string[]
  let letter: string
  let app: (at: number) => string
  let key: Awaited<ReturnType<typeof enrolPasskey>>

  beforeAll(async () => {
    institution = await start({ limits: unlimited })
    visitors = institutionVisitors(institution)
    const { here } = await visitors.signedIn('tpetit')
    app = (await enrolApp(here, Date.now)).app
    key = await enrolPasskey(here, institution.fixture.url)
    codes = await printSheet(here)
    const newcomer = await visitors.idOf('imoreau')
    letter = await application().store.transaction(tx =>
      application().proofs.activationCodes.make(tx, newcomer, hours(24)),
    )
  }, 120_000)
  afterAll(() => institution?.stop())

  const application = () => institution.fixture.application
  const opens = async (login: string, password: string) =>
    (await application().directory.bind(await visitors.idOf(login), password)).ok

  const dueToChange = async (uid: string) => {
    await institution.fixture.slapd?.asRoot(client => {
      const set = (type: string, value: string) =>
        new Change({ operation: 'replace', modification: new Attribute({ type, values: [value] }) })
      return client.modify(`uid=${uid},${bases.staff}`, [
        set('pwdReset', 'TRUE'),
        set('pwdPolicySubentry', `cn=reset,ou=policies,${suffix}`),
      ])
    })
  }

  const typed = (login: string, more: Readonly<Record<string, string>>) => () => ({
    identifiant: login,
    motdepasse: worldPasswordOf(login),
    ancien: worldPasswordOf(login),
    charte: 'oui',
    nouveau: chosen,
    confirmation: chosen,
    reponse: 'Félix',
    question: 'pet',
    ...more,
  })
  const people = {
    'a right password': {
      fields: typed('clefevre', { numero: '204518', naissance: '14/7/1985', code: '000000' }),
    },
    'a password to be changed': {
      fields: typed('nhaddad', { numero: '198077', naissance: '2/5/1972', code: '000000' }),
    },
    'an app and a passkey': {
      fields: () =>
        typed('tpetit', { numero: '175230', naissance: '30/9/1990', code: app(Date.now() + 30_000) })(),
      sign: (options: unknown) => key.sign(options as never),
    },
    'a printed code': {
      fields: () => typed('tpetit', { numero: '175230', naissance: '30/9/1990', code: codes.at(-1) ?? '' })(),
    },
    'a letter': {
      fields: () => typed('imoreau', { numero: '22609431', naissance: '29/2/2008', code: letter })(),
    },
  }

  const atJoker = async (kind: string, number: string, date: string, journeyKind = 'mot-de-passe') => {
    const visitor = newVisitor(institution.fixture.url)
    await visitor.post(`/fr/${journeyKind}/identification/${kind}`, { numero: number, naissance: date })
    return visitor
  }
  /** A pending sign-in that began in this browser before the server was configured. */
  const begunHere = async (by: 'embedded' | 'passkey') => {
    const visitor = newVisitor(institution.fixture.url)
    const person = by === 'embedded' ? await visitors.idOf('tpetit') : null
    const begun = { person, provedAt: Date.now(), proof: { by }, confirms: null }
    const { cookie } = await application().store.transaction(tx =>
      application().accounts.pendingSignIns.open(tx, begun, null),
    )
    visitor.cookies.set('__Host-pending', cookie.value)
    return visitor
  }
  const browsers = {
    'that did nothing yet': async () => newVisitor(institution.fixture.url),
    'at the joker': () => atJoker('numero-personnel', '204518', '14/7/1985'),
    'at the joker of somebody with factors': () => atJoker('numero-personnel', '175230', '30/9/1990'),
    'at the code of a letter': () => atJoker('numero-etudiant', '22609431', '29/2/2008', 'activation'),
    'that left for the server and did not come back': async () => {
      const { here } = visitors.newBrowser()
      await visitors.startSignIn({ here })
      return here
    },
    'whose password was taken before that server was configured': () => begunHere('embedded'),
    'that was asked for a passkey before that server was configured': () => begunHere('passkey'),
    'with a session of before that server was configured': async () => {
      const visitor = newVisitor(institution.fixture.url)
      const handle = newHandle()
      const now = Date.now()
      await application().store.transaction(async tx =>
        tx
          .insertInto('sessions')
          .values({
            id: digestOf(handle),
            person: await visitors.idOf('tpetit'),
            how: 'embedded',
            external: null,
            external_subject: null,
            device: '',
            network: 'n',
            created_at: now,
            seen_at: now,
            fresh_until: now + hours(1),
            ends_at: now + hours(8),
            factor: 'passkey',
            factor_at: now,
            origin: digestOf(handle),
          })
          .execute(),
      )
      visitor.cookies.set('__Host-session', handle)
      return visitor
    },
  } as const
  type Holding = keyof typeof people

  const cases = Object.keys(browsers).flatMap(browser =>
    (Object.keys(people) as Holding[]).map(holding => ({
      browser: browser as keyof typeof browsers,
      holding,
    })),
  )

  it.each(cases)(
    'no form opens a session: a browser $browser, $holding',
    { timeout: 120_000 },
    async ({ browser, holding }) => {
      await dueToChange('nhaddad')
      const visitor = await browsers[browser]()
      const rows = () =>
        application().store.read.selectFrom('sessions').select(['id', 'fresh_until']).execute()
      const before = await rows()
      const set: string[] = []
      await sendEveryForm(visitor, people[holding], (route, { headers }) => {
        for (const line of headers.getSetCookie())
          if (/^__Host-session=[^;]/.test(line)) set.push(`${route}: ${line}`)
      })
      expect(set).toEqual([])
      // No session opened and none became fresh; a password write ends them.
      const held = new Set(before.map(({ id, fresh_until }) => `${id} ${fresh_until}`))
      for (const { id, fresh_until } of await rows()) expect(held.has(`${id} ${fresh_until}`)).toBe(true)
    },
  )

  it('a valid password can only be changed after a sign-in there', async () => {
    const visitor = newVisitor(institution.fixture.url)
    const fields = typed('odubois', {})
    const login = institution.kind === 'cas' ? 'ext-odubois' : 'odubois'
    const right = await visitor.post(expired, { ...fields(), identifiant: login })
    const wrong = await visitor.post(expired, { ...fields(), identifiant: login, ancien: 'Faux-Passage-77' })
    for (const answer of [right, wrong]) {
      expect(answer.status).toBe(422)
      expect(textOf(answer.html)).toContain("Ce n'est pas un mot de passe expiré")
      expect(answer.headers.getSetCookie()).toEqual([])
    }
    expect(await opens(login, worldPasswordOf('odubois'))).toBe(true)
    const attempts = await application()
      .store.read.selectFrom('attempts')
      .select('id')
      .where('person', '=', await visitors.idOf(login))
      .execute()
    expect(attempts).toEqual([])
  })

  it('one that expired is changed, and its receipt is read without a session', async () => {
    if (institution.kind !== 'cas') return
    await dueToChange('twin-a')
    await institution.fixture.slapd?.asRoot(client =>
      client.modify(`uid=twin-a,${bases.staff}`, [
        new Change({
          operation: 'replace',
          modification: new Attribute({ type: 'userPassword', values: ['Depart-Ancien-2020!'] }),
        }),
        new Change({
          operation: 'replace',
          modification: new Attribute({ type: 'pwdReset', values: ['TRUE'] }),
        }),
      ]),
    )
    const visitor = newVisitor(institution.fixture.url)
    const answer = await visitor.post(expired, {
      identifiant: 'twin-a',
      ancien: 'Depart-Ancien-2020!',
      charte: 'oui',
      nouveau: 'Violon+Marmite-9',
      confirmation: 'Violon+Marmite-9',
    })
    expect(answer.location).toBe('/fr/mot-de-passe/termine')
    expect(visitor.cookies.has('__Host-session')).toBe(false)
    const done = await visitor.get('/fr/mot-de-passe/termine')
    expect(textOf(done.html)).toContain('Votre mot de passe a bien été modifié')
    expect(done.html).toContain('href="/fr/connexion"')
    expect(await opens('twin-a', 'Violon+Marmite-9')).toBe(true)
  })

  it('« Confirmez que c’est vous » asks a person for the second factor, since the server did not', {
    timeout: 60_000,
  }, async () => {
    const login = institution.kind === 'cas' ? 'ext-odubois' : 'odubois'
    const browser = await visitors.signedIn(login)
    const own = await enrolApp(browser.here, Date.now)
    await visitors.ageSessions()
    const confirm = '/fr/connexion/confirmer/application'
    expect((await browser.here.get('/fr/compte/application')).location).toBe(confirm)
    const to = await visitors.startSignIn(browser, confirm)
    const back = await browser.here.get(await visitors.signInAtServer(browser.there, to, login))
    expect(back.location).toBe('/fr/connexion/second-element/application')
    const retire = () => browser.here.post('/fr/compte/application', { action: 'retirer' })
    expect((await retire()).location).toBe(confirm)
    const code = own.app(Date.now() + 30_000)
    const shown = await browser.here.post('/fr/connexion/second-element/application', { code })
    expect(shown.location).toBe('/fr/compte/application')
    expect((await retire()).location).toBe('/fr/compte/application')
  })
})
