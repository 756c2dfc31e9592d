import { createAccountForms } from './account-forms.ts'
import type { FormAction } from './actions.ts'
import { type Deps, type Lookups, nextNumber, type PrepareForm } from './browser-lookups.ts'
import { createJourneyForms, createNextStep } from './journey-forms.ts'
import { createKeyForms } from './key-forms.ts'

/** Prepares each form that an attacker sends: makes the requests that it needs first, and fills it. */
export const createForms = (parts: Deps, lookups: Lookups) => {
  const { run, sender } = parts
  const { waiting, signedIn, passwordOf, codeOf, idOf } = lookups
  const journeys = createJourneyForms(parts, lookups)
  const keys = createKeyForms(parts, lookups)
  const { enrol, ...account } = createAccountForms(parts, lookups)

  const prepare: { readonly [Name in FormAction['kind']]: PrepareForm<Name> } = {
    'next-step': createNextStep(parts, lookups, journeys, keys),
    identify: async (step, browser) => journeys.identify(browser, step),
    answer: async ({ right, ref, towards }, browser) =>
      journeys.answer(browser, right ? journeys.rightAnswer(browser) : `faux ${nextNumber()}`, ref, towards),
    show: journeys.show,
    choose: journeys.choose,
    receive: journeys.receive,
    type: async ({ right, ref }, browser) => journeys.type(browser, right, ref),
    'sign-in': async ({ person, right }, browser) => ({
      browser,
      path: '/fr/connexion',
      body: { identifiant: run.people[person]?.login ?? '', motdepasse: passwordOf(idOf(person), right) },
    }),
    digits: async ({ by }, browser) => ({
      browser,
      path: '/fr/connexion/second-element/compte',
      body: { code: codeOf(waiting(browser), by) },
    }),
    confirm: async ({ right }, browser) => ({
      browser,
      path: '/fr/connexion/confirmer/compte',
      body: { motdepasse: passwordOf(signedIn(browser), right) },
    }),
    replay: async ({ which }, browser) => {
      const again = sender.sentForms[which % Math.max(1, sender.sentForms.length)]
      return again ? { browser, ...again } : null
    },
    ...keys,
    ...account,
  }
  return { prepare, enrol, answer: journeys.answer }
}
