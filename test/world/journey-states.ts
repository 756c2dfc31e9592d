import type { BrowserUser } from './browser.ts'
import type { movableClock } from './clock.ts'
import { activationCodeFor } from './crowd.ts'
import { appOf, enrolApp, printSheet, settleFactors } from './factors.ts'
import { codeSentTo } from './mailbox.ts'
import { withPasskeys } from './passkeys.ts'
import type { PortalFixture } from './portal.ts'
import { newVisitor } from './visitor.ts'

export type CrowdMember = PortalFixture['crowd'][number]
export type Fields = Readonly<Record<string, string | true>>
type Somebody = { readonly person: CrowdMember; readonly user: BrowserUser }

/** A state, and the form of its page. */
export type Step = {
  readonly path: string
  /** What is refused; absent where the page has nothing but buttons. */
  readonly wrong?: (somebody: Somebody) => Fields
  readonly right: (somebody: Somebody) => Fields | Promise<Fields>
  /** The button that is pressed, where the form has no field. */
  readonly button?: string
  /** Where it leads, if not to the state that follows. */
  readonly leadsTo?: string
  /** A refusal leads back to the page by a redirect, and a reload sends nothing. */
  readonly redirects: boolean
  /** Back opens an empty form: filled in and sent again, it is another change, as one asks for. */
  readonly renews?: boolean
}

export type Journey = {
  readonly steps: readonly Step[]
  /** Where the last step leads. */
  readonly end: string
  /** The name of the page to which the sign-in returns; absent: no sign-in. */
  readonly signedIn?: string
  readonly prepare?: (somebody: Somebody) => Promise<unknown>
}
export type Journeys = Readonly<Record<string, Journey>>

type World = { readonly fixture: PortalFixture; readonly clock: ReturnType<typeof movableClock> }

/** Presses a button of the content, and waits for the page to which it leads. */
export const press = async ({ page }: BrowserUser, name: string) => {
  const loaded = page.waitForEvent('domcontentloaded')
  await page.locator('main').getByRole('button', { name, exact: true }).first().click()
  await loaded
}

const chosen = 'Tr0mbone&Cascade-3'
const password = (field: Fields = {}): Omit<Step, 'path'> => ({
  wrong: () => ({ ...field, '#nouveau': 'court', '#confirmation': 'autre' }),
  right: ({ person: { initialPassword } }) => ({
    ...(field['#ancien'] && { '#ancien': initialPassword }),
    '#nouveau': chosen,
    '#confirmation': chosen,
    '#charte': true,
  }),
  redirects: true,
})
const newPassword: Step = { path: '/fr/mot-de-passe/nouveau', ...password() }
const identification = (start: string): Step => ({
  path: `/fr/${start}/identification/numero-personnel`,
  wrong: () => ({ '#numero': '', '#naissance': '31/2/1980' }),
  right: ({ person: { number, date } }) => ({ '#numero': number, '#naissance': date }),
  redirects: false,
  renews: true,
})
const joker = (start: string): Step => ({
  path: `/fr/${start}/question-joker`,
  wrong: () => ({ '#reponse': 'faux' }),
  right: () => ({ '#reponse': 'rex' }),
  redirects: false,
})
const newJoker = { '#question': true, '#reponse': 'Belphégor' } as const
const button = (path: string, name: string): Step => ({
  path,
  button: name,
  right: () => ({}),
  redirects: true,
})

const mailOf = ({ login }: CrowdMember) => `${login}@maison.example`
const contactSteps = ({ fixture }: World, start: string, redirects: boolean): readonly Step[] => {
  const field = redirects ? '#mail' : '#contact'
  return [
    {
      path: start,
      wrong: () => ({ [field]: 'x' }),
      right: ({ person }) => ({ [field]: mailOf(person) }),
      redirects,
    },
    {
      path: redirects ? `${start}/mail` : `${start}/code`,
      wrong: () => ({ '#code': '1' }),
      right: async ({ person }) => ({ '#code': await codeSentTo(fixture, mailOf(person)) }),
      redirects,
    },
  ]
}

/** What each person of these journeys has left of the printed sheet. */
const createSheets = ({ fixture, clock }: World) => {
  const sheets = new Map<string, string[]>()
  return {
    /** An app, which makes a second factor be asked for, and a sheet. */
    make: async ({ person: { id, login, initialPassword } }: Somebody, { withApp }: { withApp: boolean }) => {
      const visitor = newVisitor(fixture.url)
      await visitor.signIn(login, initialPassword)
      if (withApp) await enrolApp(visitor, clock.now)
      sheets.set(login, await printSheet(visitor))
      await settleFactors(fixture, id)
    },
    next: ({ person: { login } }: Somebody): Fields => ({ '#code': sheets.get(login)?.pop() ?? '' }),
  }
}

const activation = (world: World): Journey => ({
  prepare: ({ person }) => activationCodeFor(world.fixture.application, person),
  steps: [
    identification('activation'),
    {
      path: '/fr/activation/code',
      wrong: () => ({ '#code': 'AAAA-BBBB-CCCC-DDDD' }),
      right: async ({ person }) => ({ '#code': await activationCodeFor(world.fixture.application, person) }),
      redirects: false,
    },
    { path: '/fr/activation/mot-de-passe', ...password() },
    {
      path: '/fr/activation/question-joker',
      wrong: () => ({ '#reponse': 'ab' }),
      right: () => newJoker,
      redirects: false,
    },
    ...contactSteps(world, '/fr/activation/adresse', false),
  ],
  end: '/fr/activation/mobile',
})

/** The sign-in, its second factor, and what ends it. */
const signIns = (world: World): Journeys => {
  const sheets = createSheets(world)
  const signIn: Step = {
    path: '/fr/connexion/vers/journal',
    wrong: ({ person: { login } }) => ({ '#identifiant': `${login}-autre`, '#motdepasse': 'faux' }),
    right: ({ person: { login, initialPassword } }) => ({
      '#identifiant': login,
      '#motdepasse': initialPassword,
    }),
    redirects: false,
    renews: true,
  }
  return {
    'a sign-in': { steps: [signIn], end: '/fr/compte/journal' },
    'a sign-in with a second factor': {
      prepare: somebody => sheets.make(somebody, { withApp: true }),
      steps: [
        signIn,
        {
          path: '/fr/connexion/second-element/journal',
          wrong: () => ({ '#code': '1' }),
          right: sheets.next,
          redirects: false,
        },
      ],
      end: '/fr/compte/journal',
    },
    'a recovery with a second factor': {
      prepare: somebody => sheets.make(somebody, { withApp: true }),
      steps: [
        identification('mot-de-passe'),
        joker('mot-de-passe'),
        {
          path: '/fr/mot-de-passe/second-element',
          wrong: () => ({ '#code': '1' }),
          right: sheets.next,
          redirects: false,
        },
        newPassword,
      ],
      end: '/fr/mot-de-passe/termine',
    },
    'a confirmation of who one is': {
      signedIn: 'journal',
      steps: [
        {
          path: '/fr/connexion/confirmer/adresses',
          wrong: () => ({ '#motdepasse': 'faux' }),
          right: ({ person: { initialPassword } }) => ({ '#motdepasse': initialPassword }),
          redirects: true,
          renews: true,
        },
      ],
      end: '/fr/compte/adresses',
    },
    'the end of other sessions': {
      signedIn: 'journal',
      prepare: ({ person: { login, initialPassword } }) =>
        newVisitor(world.fixture.url).signIn(login, initialPassword),
      steps: [button('/fr/compte/sessions', 'Fermer toutes les autres sessions')],
      end: '/fr/compte/sessions',
    },
    'a sign-out': {
      signedIn: 'journal',
      steps: [button('/fr/deconnexion', 'Se déconnecter')],
      end: '/fr/deconnexion',
    },
  }
}

const app = '/fr/compte/application'
const codes = '/fr/compte/codes-de-secours'

const authenticator = ({ clock }: World): Journey => ({
  signedIn: 'application',
  steps: [
    button(app, 'Commencer'),
    {
      path: app,
      wrong: () => ({ '#code': '12' }),
      right: async ({ user }) => ({
        '#code': appOf(await user.page.locator('.letters').innerText())(clock.now()),
      }),
      redirects: true,
    },
    button(app, 'Retirer l’application'),
  ],
  end: app,
})

const printedCodes: Journey = {
  signedIn: 'codes-de-secours',
  steps: [
    button(codes, 'Créer une feuille'),
    {
      path: codes,
      wrong: () => ({ '#code': 'FAUX' }),
      right: async ({ user }) => {
        await press(user, 'Créer une nouvelle feuille')
        return { '#code': await user.page.locator('.sheet li').first().innerText() }
      },
      redirects: true,
    },
    button(codes, 'Retirer la feuille'),
  ],
  end: codes,
}

/** Journeys, and forms of a signed-in person. */
export const journeysOf = (world: World): Journeys => ({
  'a forgotten password': {
    steps: [identification('mot-de-passe'), joker('mot-de-passe'), newPassword],
    end: '/fr/mot-de-passe/termine',
  },
  'a forgotten login': {
    steps: [identification('identifiant'), joker('identifiant')],
    end: '/fr/identifiant/termine',
  },
  'an activation': activation(world),
  'a change of password': {
    signedIn: 'mot-de-passe',
    steps: [{ path: '/fr/compte/mot-de-passe', ...password({ '#ancien': 'faux' }) }],
    end: '/fr/compte/mot-de-passe/',
  },
  'a new address': {
    signedIn: 'adresses',
    steps: contactSteps(world, '/fr/compte/adresses', true),
    end: '/fr/compte/adresses',
  },
  'a new secret question': {
    signedIn: 'question-joker',
    steps: [
      {
        path: '/fr/compte/question-joker',
        wrong: () => ({ '#reponse': 'ab' }),
        right: () => newJoker,
        redirects: true,
        renews: true,
      },
    ],
    end: '/fr/compte',
  },
  ...signIns(world),
  'an authenticator app': authenticator(world),
})

/**
 * Passkeys need scripts. A sheet of codes is the answer to the button, since its codes are kept nowhere: without scripts a browser asks
 * before it goes back to it.
 */
export const scriptedJourneys: Journeys = {
  'printed recovery codes': printedCodes,
  'a passkey, the sign-in by it, and the confirmation by it': {
    signedIn: 'cles-d-acces',
    prepare: ({ user }) => withPasskeys(user),
    steps: [
      button('/fr/compte/cles-d-acces', 'Ajouter une clé d’accès'),
      button('/fr/compte/cles-d-acces/nouvelle', 'Créer la clé d’accès'),
      {
        ...button('/fr/compte/cles-d-acces/essai', 'Utiliser ma clé d’accès'),
        leadsTo: '/fr/compte/cles-d-acces',
      },
      button('/fr/connexion/confirmer/adresses', 'Utiliser ma clé d’accès'),
      {
        ...button('/fr/connexion/confirmer/adresses/cle-d-acces', 'Utiliser ma clé d’accès'),
        leadsTo: '/fr/compte/adresses',
      },
      button('/fr/connexion/vers/journal', 'Se connecter avec une clé d’accès'),
      button('/fr/connexion/cle-d-acces/journal', 'Utiliser ma clé d’accès'),
    ],
    end: '/fr/compte/journal',
  },
}

/** The policy under which a proof is chosen. */
export const severalProofs = { staff: ['joker', 'mail-code', 'helpdesk-code', 'recovery-code'] }

/** Journeys where the policy has several proofs. */
export const proofJourneysOf = (world: World): Journeys => {
  const sheets = createSheets(world)
  const proofs = (start: string): readonly Step[] => {
    const path = `/fr/${start}/preuve`
    return [
      identification(start),
      button(path, 'Recevoir un code à mon adresse de secours'),
      { ...button(path, 'Envoyer un autre code'), renews: true },
      button(path, 'Taper un code remis par l’assistance'),
      button(path, 'Taper un code de ma feuille imprimée'),
      { path, wrong: () => ({ '#code': '1' }), right: sheets.next, redirects: false },
    ]
  }
  const prepare = (somebody: Somebody) => sheets.make(somebody, { withApp: false })
  return {
    'a forgotten password, by a proof that one chooses': {
      prepare,
      steps: [...proofs('mot-de-passe'), newPassword],
      end: '/fr/mot-de-passe/termine',
    },
    'a forgotten login, by a proof that one chooses': {
      prepare,
      steps: proofs('identifiant'),
      end: '/fr/identifiant/termine',
    },
  }
}
