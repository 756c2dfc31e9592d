import { languages } from '../../src/texts/texts.ts'
import { codeSentTo, sendWaitingMails } from '../world/mailbox.ts'
import type { PortalFixture } from '../world/portal.ts'
import { newVisitor } from '../world/visitor.ts'
import { crowdMemberOf } from './journey-pages.ts'
import { type PagesSeen, send } from './seen.ts'

const chosen = 'Violon;Granite=19'

const addAddress = async (
  fixture: PortalFixture,
  visitor: ReturnType<typeof newVisitor>,
  kind: 'mail' | 'mobile',
  to: string,
  { look, refuse }: PagesSeen,
) => {
  await refuse(visitor, 'addresses', { faire: kind, [kind]: 'x' })
  await send(visitor, 'addresses', { faire: kind, [kind]: to })
  await look(visitor, 'addressCode', { kind })
  await refuse(visitor, 'addressCode', { code: '1' }, { params: { kind } })
  await send(visitor, 'addressCode', { code: await codeSentTo(fixture, to) }, { kind })
}

/** « Gérer mon compte », from the first day to the sign-out. */
export const accountPages = async (fixture: PortalFixture, pages: PagesSeen) => {
  const { look, refuse } = pages
  const { id, login, initialPassword } = crowdMemberOf(fixture, 5)
  const [visitor, elsewhere] = [newVisitor(fixture.url), newVisitor(fixture.url)]
  for (const one of [visitor, elsewhere]) await one.signIn(login, initialPassword)
  await look(visitor, 'firstDay')
  await look(visitor, 'addresses')
  await addAddress(fixture, visitor, 'mail', 'foule@maison.example', pages)
  await addAddress(fixture, visitor, 'mobile', '+33612345670', pages)
  await look(visitor, 'addresses')
  await look(visitor, 'jokerChoice')
  await refuse(visitor, 'jokerChoice', { question: '', reponse: 'ab' })
  await sendWaitingMails(fixture)
  await look(visitor, 'account')
  await look(visitor, 'sessions')
  await look(visitor, 'journal')
  await look(visitor, 'changePassword')
  await refuse(visitor, 'changePassword', { ancien: 'faux', nouveau: 'court é', confirmation: 'autre' })
  const fields = { ancien: initialPassword, nouveau: chosen, confirmation: chosen, charte: 'oui' }
  const { location } = await send(visitor, 'changePassword', fields)
  await look(visitor, 'passwordChanged', { change: location?.split('/').at(-1) ?? '' })
  const params = { page: 'adresses' }
  await look(visitor, 'confirm', params)
  await refuse(visitor, 'confirm', { motdepasse: 'faux' }, { params })
  // After a recovery the pages of contacts, factors and joker say until when they stay as they are.
  const { store, clock } = fixture.application
  await store.transaction(tx =>
    tx.updateTable('people').set({ recovered_at: clock.now() }).where('person', '=', id).execute(),
  )
  for (const page of ['addresses', 'passkeys', 'authenticator', 'recoveryCodes', 'jokerChoice'] as const)
    await look(visitor, page)
  await look(visitor, 'signOut')
  await send(visitor, 'signOut', {})
  await look(visitor, 'signOut')
}

/** The mails of the demonstration, and « Ce n'est pas moi » behind their link: before, after, and with an expired link. */
export const mailPages = async (fixture: PortalFixture, { look, press }: PagesSeen) => {
  const visitor = newVisitor(fixture.url)
  await sendWaitingMails(fixture)
  const mails = await fixture.application.store.read.selectFrom('demo_mails').selectAll().execute()
  await look(visitor, 'demoMails')
  for (const words of [/gèle votre compte/, /ferme la récupération/])
    for (const language of languages) {
      const mail = mails.splice(mails.findIndex(({ body }) => words.test(body)) >>> 0, 1)[0]
      if (!mail) throw new Error(`no mail says ${words}`)
      await look(visitor, 'demoMail', { id: mail.id })
      const token = /ce-n-est-pas-moi\/([\w-]+)/.exec(mail.body)?.[1] ?? ''
      await look(visitor, 'notMe', { token })
      await press(visitor, 'notMe', language, { jeton: token }, { token: '-' })
      await look(visitor, 'notMe', { token }, 410)
    }
}
