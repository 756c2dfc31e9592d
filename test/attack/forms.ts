import { accountFormsOf } from './account-forms.ts'
import type { FormAction } from './actions.ts'
import { type Acting, type Deps, next, type Prepare } from './browser-lookups.ts'
import { journeyFormsOf, onwardOf } from './journey-forms.ts'
import { keyFormsOf } from './key-forms.ts'

/** The forms that an attacker fills, each up to the moment before it is sent. */
export const formsOf = (parts: Deps, acting: Acting) => {
  const { walk, hands } = parts
  const { waiting, signedIn, passwordOf, codeOf, idOf } = acting
  const journeys = journeyFormsOf(parts, acting)
  const keys = keyFormsOf(parts, acting)
  const { enrol, ...account } = accountFormsOf(parts, acting)

  const prepare: { readonly [Name in FormAction['kind']]: Prepare<Name> } = {
    onward: onwardOf(parts, acting, journeys, keys),
    identify: async (step, browser) => journeys.identify(browser, step),
    answer: async ({ right, ref, towards }, browser) =>
      journeys.answer(browser, right ? journeys.rightAnswer(browser) : `faux ${next()}`, ref, towards),
    ...{ show: journeys.show, choose: journeys.choose, receive: journeys.receive },
    type: async ({ right, ref }, browser) => journeys.type(browser, right, ref),
    'sign-in': async ({ person, right }, browser) => ({
      ...{ browser, path: '/fr/connexion' },
      body: { identifiant: walk.people[person]?.login ?? '', motdepasse: passwordOf(idOf(person), right) },
    }),
    digits: async ({ by }, browser) => ({
      ...{ browser, path: '/fr/connexion/second-element/compte' },
      body: { code: codeOf(waiting(browser), by) },
    }),
    confirm: async ({ right }, browser) => ({
      ...{ browser, path: '/fr/connexion/confirmer/compte' },
      body: { motdepasse: passwordOf(signedIn(browser), right) },
    }),
    replay: async ({ which }, browser) => {
      const again = hands.sent[which % Math.max(1, hands.sent.length)]
      return again ? { browser, ...again } : null
    },
    ...keys,
    ...account,
  }
  return { prepare, enrol, answer: journeys.answer }
}
