// A person of the institution signs in behind nginx, chooses a joker, forgets the password and resets it. Prints each answer.
import { newVisitor, textOf } from '../world/visitor.ts'

const base = 'https://portal.univ.example'
const [, , login = '', number = '', born = '', password = '', chosen = ''] = process.argv
const at = (path: string) => `/sesame/fr/${path}`

/** Each step has to lead where it leads a person, or the walk ends here. */
const step = (name: string, { location, html }: { location: string | null; html: string }, next: string) => {
  if (!location?.startsWith(at(next)))
    throw new Error(`${name} leads to ${location}: ${textOf(html).slice(0, 2000)}`)
  console.log(`${name}: ${location}`)
}

const owner = newVisitor(base)
step('sign-in', await owner.signIn(login, password, at('connexion')), 'compte')
const joker = { question: 'town', reponse: 'Saint-Hilaire-sur-Helpe' }
step('joker', await owner.post(at('compte/question-joker'), joker), 'compte')

const forgetful = newVisitor(base)
const identified = await forgetful.post(at('mot-de-passe/identification/numero-personnel'), {
  numero: number,
  naissance: born,
})
step('identification', identified, 'mot-de-passe/question-joker')
const asked = await forgetful.get(at('mot-de-passe/question-joker'))
const demarche = forgetful.refIn(asked.html)
const answered = await forgetful.post(at('mot-de-passe/question-joker'), { reponse: joker.reponse, demarche })
step('answer', answered, 'mot-de-passe/nouveau')
const choosing = await forgetful.get(at('mot-de-passe/nouveau'))
const form = {
  nouveau: chosen,
  confirmation: chosen,
  charte: 'oui',
  demarche: forgetful.refIn(choosing.html),
}
step('new password', await forgetful.post(at('mot-de-passe/nouveau'), form), 'mot-de-passe/termine')
step('sign-in with it', await newVisitor(base).signIn(login, chosen, at('connexion')), 'compte')
const old = await newVisitor(base).signIn(login, password, at('connexion'))
console.log(`sign-in with the old one: ${old.status} ${old.location}`)
