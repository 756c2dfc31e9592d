import { refusalSlugs } from '../../src/account/sign-in/external/refusals.ts'
import { openIdInstitution } from '../world/identity-servers.ts'
import { institutionBrowser } from '../world/institution-browser.ts'
import { newVisitor } from '../world/visitor.ts'
import type { PagesSeen } from './seen.ts'

/** Pages that exist only with a sign-in server of the institution. */
export const externalPages = async ({ look }: PagesSeen) => {
  const institution = await openIdInstitution({})
  try {
    const visitor = newVisitor(institution.fixture.url)
    await look(visitor, 'signIn')
    await look(visitor, 'signInFor', { page: 'adresses' })
    for (const why of Object.values(refusalSlugs)) await look(visitor, 'signInRefused', { why })
    await visitor.post('/fr/connexion', {})
    await look(visitor, 'signInLeave')
    const left = await visitor.get('/fr/connexion/depart')
    const to = new URL((left.headers.get('refresh') ?? '').replace('0; url=', ''))
    const came = await institutionBrowser(institution.url).signIn(to, {
      login: 'clefevre',
      password: 'right',
    })
    if (!('sent' in came)) throw new Error('the provider sends nobody back')
    await visitor.get(`${came.sent.pathname}${came.sent.search}`)
    await look(visitor, 'confirm', { page: 'adresses' })
    await visitor.post('/fr/connexion/confirmer/adresses', {})
    await look(visitor, 'signInLeave')
    await visitor.post('/fr/deconnexion', {})
    await look(visitor, 'signOut')
  } finally {
    await institution.stop()
  }
}
