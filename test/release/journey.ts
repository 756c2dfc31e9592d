import { expect } from 'vitest'
import { demoPeople } from '../../src/demonstration/people.ts'
import { newVisitor } from '../world/visitor.ts'

const answer = 'Saint-Hilaire-sur-Helpe'

const passwordOf = (login: string) => demoPeople.find(one => one.login === login)?.password ?? ''

/** What people of an institution do at an installed portal: `base` gives the process for the next request. */
export const createJourney = (base: () => string) => ({
  answer,
  /** Signs in with the password of the directory, and sets the joker. */
  withJoker: async (login: string) => {
    const owner = newVisitor(base)
    expect((await owner.signIn(login, passwordOf(login))).location).toContain('/fr/compte')
    const joker = await owner.post('/fr/compte/question-joker', { question: 'town', reponse: answer })
    expect(joker.location).toContain('/fr/compte')
    return owner
  },
  atNewPassword: async (number: string, born: string) => {
    const forgetful = newVisitor(base)
    await forgetful.identify('numero-personnel', number, born)
    expect((await forgetful.answer(answer)).location).toContain('/mot-de-passe/nouveau')
    return forgetful
  },
})
