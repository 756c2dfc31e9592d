import { join } from 'node:path'
import type { VNode } from 'preact'
import { describe, expect, it } from 'vitest'
import { changePage } from '../../src/account/password/change-password.page.tsx'
import { expiredPage } from '../../src/account/password/expired.page.tsx'
import { confirmPage } from '../../src/account/sign-in/confirm.page.tsx'
import { refusalSlugs, type SignInRefusal } from '../../src/account/sign-in/external/refusals.ts'
import { refusedPage } from '../../src/account/sign-in/external/refused.page.tsx'
import { secondFactorPage } from '../../src/account/sign-in/second-factor.page.tsx'
import { signInPage } from '../../src/account/sign-in/sign-in.page.tsx'
import type { Person } from '../../src/directory/directory.ts'
import { definition as activation } from '../../src/journeys/activation/activation.ts'
import { codePage } from '../../src/journeys/activation/code.page.tsx'
import { definition as identifier } from '../../src/journeys/identifier/identifier.ts'
import { definition as password } from '../../src/journeys/password/password.ts'
import { jokerPage } from '../../src/journeys/steps/joker.page.tsx'
import { factorPage } from '../../src/journeys/steps/second-factor.page.tsx'
import type { StoppedBecause } from '../../src/journeys/steps/steps.ts'
import { stoppedPage } from '../../src/journeys/steps/stopped.page.tsx'
import { presets } from '../../src/password/policy.ts'
import type { Factors } from '../../src/proofs/second-factor/second-factor.ts'
import { hrefIn } from '../../src/routes.ts'
import { inEachLanguage, languages, sayIn } from '../../src/texts/texts.ts'
import { branding } from '../../src/ui/theme.ts'
import { createUi, type Ui } from '../../src/ui/ui.ts'
import { problemPage } from '../../src/web/problem.page.tsx'
import { tooManyTries } from '../../src/web/problems.ts'
import { renderPage } from '../../src/web/render.ts'
import { root } from '../world/root.ts'
import { textOf } from '../world/visitor.ts'

/** Until when each closed state below lasts, as its title says it. */
const until = Date.UTC(2026, 10, 30, 13, 5)
const now = until - 3_600_000
const untilSaid = /30\s(?:novembre|November) 2026 (?:à|at) 14:05/

const open = { until, now }
const person = { login: 'mdupont', firstNames: ['Marie'] } as unknown as Person
const closedPasswords = [
  { reason: 'password-closed-until', until } as const,
  { reason: 'password-closed' } as const,
]

const factors = (count: Partial<Factors['count']>): Factors => ({
  count: { authenticator: 1, passkey: 0, 'recovery-code': 0, ...count } as Factors['count'],
  since: now,
})
const factorSets = {
  'the app alone': {},
  'printed codes': { 'recovery-code': 8 },
  'a passkey': { passkey: 1 },
}
const factorProblems = [{ reason: 'factor-closed', until } as const, { reason: 'factor-restart' } as const]

const stoppedBecause: Readonly<Record<StoppedBecause, true>> = {
  'journey-expired': true,
  'journey-superseded': true,
  'proof-replaced': true,
  'journey-ended': true,
  'account-privileged': true,
  'too-many-refusals': true,
  'account-active': true,
  'account-active-first-day': true,
  'factor-needed': true,
  'activation-elsewhere': true,
  'proofs-missing': true,
}

type Closed = { readonly state: string; readonly ends: boolean; readonly page: (ui: Ui) => VNode }

const jokers: Closed[] = ([null, 'joker-suspended', 'answer-missing'] as const).flatMap(reason =>
  [password, identifier].map(definition => ({
    state: `the question of the journey « ${definition.journey} », ${reason ?? 'when it is opened'}`,
    ends: true,
    page: (ui: Ui) =>
      jokerPage({
        ui,
        proofStep: { definition, page: definition.proofPages?.joker } as never,
        question: 'Which?',
        ref: 'ref',
        suspendedUntil: until,
        left: 1,
        ineDoubt: true,
        numberKind: 'ine',
        open,
        problem: reason && { reason },
      }),
  })),
)

const activationCodes: Closed = {
  state: 'the activation code',
  ends: true,
  page: ui =>
    codePage({
      ui,
      ref: 'ref',
      left: null,
      ineDoubt: false,
      numberKind: 'ine',
      open,
      problem: { reason: 'activation-code-spent', until },
    }),
}

const passwords: Closed[] = closedPasswords.flatMap(problem => {
  const form = {
    policy: presets.uphf,
    problems: [{ field: 'ancien', ...problem }] as const,
    charterAccepted: false,
    now,
  }
  const pages: Record<string, Closed['page']> = {
    'sign-in': ui => signInPage({ ui, login: 'mdupont', problem, returnTo: null }),
    'sign-in for a page': ui => signInPage({ ui, login: '', problem, returnTo: 'adresses' }),
    confirmation: ui =>
      confirmPage({ ui, returnTo: 'adresses', refused: problem, host: null, hasPasskey: false }),
    'confirmation with a passkey': ui =>
      confirmPage({ ui, returnTo: 'adresses', refused: problem, host: null, hasPasskey: true }),
    change: ui => changePage({ ui, person, ...form }),
    'expired password': ui => expiredPage({ ui, login: 'mdupont', ...form }),
  }
  return Object.entries(pages).map(([name, page]) => ({
    state: `the password at the ${name}, ${problem.reason}`,
    ends: 'until' in problem,
    page,
  }))
})

const secondFactors: Closed[] = Object.entries(factorSets).flatMap(([has, count]) =>
  factorProblems.flatMap(problem => {
    const shown = { factors: factors(count), problem }
    const ends = problem.reason === 'factor-closed'
    return [
      {
        state: `the second factor at sign-in, ${problem.reason}, with ${has}`,
        ends,
        page: (ui: Ui) => secondFactorPage({ ui, returnTo: 'compte', ...shown }),
      },
      {
        state: `the second factor in a journey, ${problem.reason}, with ${has}`,
        ends,
        page: (ui: Ui) =>
          factorPage({
            ui,
            proofStep: { definition: password, page: 'journeyFactor' },
            passkeyRoute: 'journeyPasskey',
            ref: 'ref',
            ...shown,
          }),
      },
    ]
  }),
)

const stopped: Closed[] = (Object.keys(stoppedBecause) as StoppedBecause[]).flatMap(why =>
  [password, identifier, activation].map(definition => ({
    state: `the journey « ${definition.journey} », ${why}`,
    ends: false,
    page: (ui: Ui) => stoppedPage({ ui, definition, why }),
  })),
)

const elsewhere: Closed[] = (Object.keys(refusalSlugs) as SignInRefusal[]).map(why => ({
  state: `the sign-in at the institution’s server, ${why}`,
  ends: false,
  page: ui => refusedPage({ ui, host: 'cas.example.org', why }),
}))

const limit: Closed = {
  state: 'the portal, for a network or an account that sends too much',
  ends: false,
  page: ui => problemPage({ ui, kind: tooManyTries, reference: 'ABCD-EFGH', retryAfter: 900 }),
}

const closed = [...jokers, activationCodes, ...passwords, ...secondFactors, ...stopped, ...elsewhere, limit]

const theme = createUi({ branding: branding.parse({}), dist: join(root, 'dist'), sayIn })
const hrefs = inEachLanguage(language => hrefIn(language))
const more = { route: null, params: {}, charterVersion: '1', demonstration: false }

describe.each(languages)('what is closed, in %s,', language => {
  const ui = theme.ui({ language, hrefs, ...more })

  it.each(closed)(
    '$state: says until when, one thing to do and whom to call, and nothing to correct',
    one => {
      const html = renderPage(one.page(ui))
      const main = html.slice(html.indexOf('<main'), html.indexOf('</main>'))
      const heading = textOf(/<h1[\s\S]*?<\/h1>/.exec(main)?.[0] ?? '')
      const title = textOf(/<title>[^<]*/.exec(html)?.[0] ?? '')
      if (one.ends) {
        expect(heading).toMatch(untilSaid)
        expect(title).toMatch(untilSaid)
      }
      expect(title).not.toMatch(/^ ?(?:Erreur|Error)/)
      expect(main).not.toContain('class="summary"')
      expect(main).not.toContain('aria-invalid')
      expect(textOf(main)).not.toMatch(/à corriger|There (?:is a|are \d) problem/)
      expect(main).toContain('href="tel:')
      // « Valider » of the printed codes that are left is the one thing to do there.
      expect(main.match(/class="button"/g)).toHaveLength(1)
      expect(main).not.toMatch(/<input(?! type="hidden")(?![^>]*name="code")/)
    },
  )

  it('the limit of the portal says in its title how long it lasts', () => {
    expect(textOf(/<title>[^<]*/.exec(renderPage(limit.page(ui)))?.[0] ?? '')).toContain('15 minutes')
  })
})
