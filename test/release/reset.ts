// A person of the demonstration resets a password and signs in with it. Run beside the portal, where there is no network.
import { newVisitor } from '../world/visitor.ts'

const [, , base = ''] = process.argv
const chosen = 'Tr0mbone&Cascade-7'

for (let tries = 0; ; tries += 1) {
  try {
    await fetch(new URL('/healthz', base))
    break
  } catch (fault) {
    if (tries > 600) throw fault
    await new Promise(resolve => setTimeout(resolve, 50))
  }
}
const visitor = newVisitor(base)
await visitor.answerJokerAsCamille()
const { html } = await visitor.get('/fr/mot-de-passe/nouveau')
const form = { nouveau: chosen, confirmation: chosen, charte: 'oui', demarche: visitor.refIn(html) }
console.log((await visitor.post('/fr/mot-de-passe/nouveau', form)).location)
const signedIn = await newVisitor(base).signIn('clefevre', chosen)
console.log(signedIn.location)
