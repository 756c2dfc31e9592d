import { h } from 'preact'
import { addressesPlaces } from './account/addresses/addresses-page.ts'
import { authenticatorPlace } from './account/factors/authenticator.ts'
import { passkeyPlaces } from './account/factors/passkeys.ts'
import { recoveryCodesPlace } from './account/factors/recovery-codes.ts'
import { firstDayPlace } from './account/first-day/first-day.ts'
import { jokerPlace } from './account/joker/joker-place.ts'
import { journalPlaces } from './account/journal/journal-place.ts'
import { notMePages } from './account/not-me/not-me-page.ts'
import { overview } from './account/overview/overview.ts'
import { passwordChange } from './account/password/change.ts'
import { sessionOverPage } from './account/sessions/session-over.page.tsx'
import { sessionsPlace } from './account/sessions/sessions-page.ts'
import { signedGuard } from './account/sessions/signed.ts'
import { confirm } from './account/sign-in/confirm.ts'
import { confirmPasskey } from './account/sign-in/confirm-passkey.ts'
import { entering } from './account/sign-in/entering.ts'
import { externalPlaces } from './account/sign-in/external/external-places.ts'
import { passkeySignIn } from './account/sign-in/passkey-sign-in.ts'
import { type PasswordDoor, passwordDoor } from './account/sign-in/password-door.ts'
import { secondFactorPlace } from './account/sign-in/second-factor.ts'
import { signIn } from './account/sign-in/sign-in.ts'
import { signOut } from './account/sign-in/sign-out.ts'
import type { Charter } from './charter.ts'
import { demoMailPage, demoMailsPage } from './demonstration/mailbox.page.tsx'
import type { DemoMailbox } from './demonstration/mailbox.ts'
import { demoPeople } from './demonstration/people.ts'
import { PeopleTable } from './demonstration/people-table.tsx'
import { numberKinds } from './directory/directory.ts'
import { knownToHelp } from './help/known.ts'
import type { Pictures } from './help/pictures.ts'
import { helpPlaces } from './help/places.ts'
import type { House } from './house.ts'
import * as activationJourney from './journeys/activation/activation.ts'
import { activationCode } from './journeys/activation/code.ts'
import { contactStep } from './journeys/activation/contact.ts'
import { contactCodeStep } from './journeys/activation/contact-code.ts'
import { addressSpot, mobileSpot } from './journeys/activation/contact-spots.ts'
import { done as activationDone } from './journeys/activation/done.ts'
import { activationJoker } from './journeys/activation/joker.ts'
import { passwordStand as firstPassword } from './journeys/activation/parts.ts'
import * as identifierJourney from './journeys/identifier/identifier.ts'
import { recordTold, told } from './journeys/identifier/tell.ts'
import { done } from './journeys/password/endings.ts'
import { forgottenPage } from './journeys/password/forgotten.page.tsx'
import type { Parts } from './journeys/password/parts.ts'
import { afterJoker, afterProof, identified, road } from './journeys/password/password.ts'
import { passwordStand } from './journeys/password/place.ts'
import { chooseNumberPage } from './journeys/steps/choose-number.page.tsx'
import { identificationPage } from './journeys/steps/identification.page.tsx'
import { identification } from './journeys/steps/identification.ts'
import { jokerQuestion } from './journeys/steps/joker-question.ts'
import { newPassword } from './journeys/steps/new-password.ts'
import { over } from './journeys/steps/over.ts'
import { placeIn, standIn } from './journeys/steps/place.ts'
import { secondFactorStep } from './journeys/steps/second-factor.ts'
import type { AnyRoad } from './journeys/steps/steps.ts'
import { writing } from './journeys/steps/writing.ts'
import { numberSlugs, type RouteName, returnRoutes } from './routes.ts'
import { statementPlaces } from './statements/places.ts'
import type { Language } from './texts/texts.ts'
import { charterPage, homePage } from './ui/pages/pages.ts'
import type { Ui } from './ui/ui.ts'
import { powersOf } from './ways-in.ts'
import { type Answer, type Handler, problem } from './web/ask.ts'
import type { Place, Site } from './web/places.ts'

const same = (page: (ui: Ui) => ReturnType<typeof homePage>): Place => ({ same: [{ params: {}, page }] })

/** The places that only a demonstration has. */
const demonstrationPlaces = (mailbox: DemoMailbox, ui: (language: Language) => Ui): Site => ({
  demoMails: {
    get: async ask =>
      ({
        kind: 'page',
        page: demoMailsPage({ ui: ui(ask.language), mails: await mailbox.list() }),
      }) satisfies Answer,
  },
  demoMail: {
    get: async ask => {
      const mail = await mailbox.find(ask.params.id ?? '')
      return mail
        ? { kind: 'page', page: demoMailPage({ ui: ui(ask.language), mail }) }
        : problem('not-found')
    },
  },
})

/** The form behind each of the four cards: the same bytes for everyone. */
const identificationForms = (of: AnyRoad): Place => ({
  same: numberKinds.map(kind => ({
    params: { kind: numberSlugs[kind] },
    page: view =>
      identificationPage({ ui: view, road: of, kind, values: { numero: '', naissance: '' }, problems: [] }),
  })),
})

/** « Récupérer mon identifiant ». */
const identifierPlaces = (house: House, ui: (language: Language) => Ui): Site => {
  const { road: own, identified: first, afterJoker: after, afterProof: whole } = identifierJourney
  const parts = { ...house, journeys: house.identifierJourneys, road: own, ui }
  const tell = recordTold(parts)
  const place = placeIn(parts, 'second-factor', whole, tell)
  const factor = secondFactorStep(parts, place, 'identifierPasskey')
  return {
    identifier: same(view => chooseNumberPage({ ui: view, road: own })),
    identifyForIdentifier: { ...identificationForms(own), post: identification(parts, first) },
    identifierJoker: jokerQuestion(parts, placeIn(parts, 'joker', after, tell)),
    identifierFactor: factor.code,
    identifierPasskey: factor.passkey,
    identifierDone: { get: told(parts) },
    identifierOver: { get: over(parts) },
  }
}

/** « Activer mon compte ». */
const activationPlaces = (house: House, ui: (language: Language) => Ui, charter: Charter): Site => {
  const { road: own, identified: first } = activationJourney
  const journeys = house.activationJourneys
  const { freeQuestions } = house.config.joker
  const offered = { charterVersion: charter.version, freeQuestions }
  const parts = { ...house, journeys, road: own, ...offered, ui }
  return {
    activation: same(view => chooseNumberPage({ ui: view, road: own })),
    identifyForActivation: { ...identificationForms(own), post: identification(parts, first) },
    activationCode: activationCode(parts),
    activationPassword: newPassword(parts, firstPassword(parts)),
    activationWriting: { get: writing(parts, standIn(parts, 'writing')) },
    activationJoker: activationJoker(parts),
    activationAddress: contactStep(parts, addressSpot),
    activationAddressCode: contactCodeStep(parts, addressSpot),
    activationMobile: contactStep(parts, mobileSpot),
    activationMobileCode: contactCodeStep(parts, mobileSpot),
    activationDone: { get: activationDone(parts, house.config.services) },
    activationOver: { get: over(parts) },
  }
}

/** Where people sign in: our own page, or the institution's server in its place. */
const signInPlaces = (house: House, ui: (language: Language) => Ui, door: PasswordDoor): Site => {
  const { identityServer: server, settings, config } = house
  const enter = entering({ ...house, returns: config.signIn.returns })
  const parts = { ...house, door, entering: enter, origin: settings.publicUrl.origin, ui }
  const away = server && externalPlaces({ ...parts, server })
  const { page, post } = away ?? signIn(parts)
  return {
    signIn: { ...same(view => page(view, null)), post },
    signInFor: {
      same: enter.names.map(name => ({ params: { page: name }, page: view => page(view, name) })),
      ...enter.named({ post }),
    },
    ...away?.places,
    secondFactor: enter.named(secondFactorPlace(parts)),
    signInPasskey: enter.named(passkeySignIn({ ...parts, alone: server === null })),
    confirm: confirm({ ...parts, elsewhere: server && away && { host: server.host, confirm: away.confirm } }),
    confirmPasskey: confirmPasskey(parts),
    signOut: signOut({ ...parts, identityServer: server }),
  }
}

/** A session that a route hands out without declaring it in `ways-in.ts` is a bug, and reaches nobody. */
const holdTo = (route: RouteName, method: 'get' | 'post', handler: Handler): Handler => {
  const powers = powersOf(route, method)
  const may = powers.includes('opens-session') || powers.includes('renews-session')
  return async ask => {
    const answer = await handler(ask)
    const cookies = 'cookies' in answer ? (answer.cookies ?? []) : []
    if (!may && cookies.some(({ name, value }) => name === 'session' && value !== ''))
      throw new Error(`${method} ${route} sets a session, which ways-in.ts does not declare`)
    return answer
  }
}

const heldToPowers = (site: Site): Site =>
  Object.fromEntries(
    (Object.entries(site) as [RouteName, Place][]).map(([route, place]) => [
      route,
      {
        ...place,
        ...(place.get && { get: holdTo(route, 'get', place.get) }),
        ...(place.post && { post: holdTo(route, 'post', place.post) }),
      },
    ]),
  )

/** Every route of `routes.ts` and what stands behind it. */
export const siteOf = (
  house: House,
  more: {
    ui: (language: Language) => Ui
    charter: Charter
    mailbox: DemoMailbox | null
    pictures: Pictures
  },
): Site => {
  const { ui, charter, mailbox, pictures } = more
  const { demonstration, config } = house.settings
  const parts: Parts = { ...house, road, charterVersion: charter.version, ui }
  const joker = jokerQuestion(parts, placeIn(parts, 'joker', afterJoker))
  const factor = secondFactorStep(
    { ...house, ui },
    placeIn(parts, 'second-factor', afterProof),
    'journeyPasskey',
  )
  const password = newPassword(parts, passwordStand(parts))
  const door = passwordDoor(house)
  const change = {
    ...{ charterVersion: charter.version, services: config.services },
    withoutSession: house.identityServer ? ('expired' as const) : ('any' as const),
  }
  const account = { ...house, door, guard: signedGuard(house), ui }
  const { expiredPassword, ...changing } = passwordChange({ ...account, ...change })
  const notMe = notMePages({ notMe: house.notMe, ui })

  return heldToPowers({
    home: same(view =>
      homePage({
        ui: view,
        below: demonstration && h(PeopleTable, { ui: view, people: demoPeople }),
      }),
    ),
    ...signInPlaces(house, ui, door),
    ...changing,
    expiredPassword: { ...same(expiredPassword.page), post: expiredPassword.post },
    forgotten: same(view => forgottenPage({ ui: view })),
    chooseNumber: same(view => chooseNumberPage({ ui: view, road })),
    identify: { ...identificationForms(road), post: identification(parts, identified) },
    joker,
    journeyFactor: factor.code,
    journeyPasskey: factor.passkey,
    newPassword: password,
    writing: { get: writing(parts, standIn(parts, 'writing')) },
    done: { get: done(parts, config.services) },
    journeyOver: { get: over(parts) },
    ...identifierPlaces(house, ui),
    ...activationPlaces(house, ui, charter),
    account: overview({ ...account, services: config.services }),
    firstDay: firstDayPlace(account),
    ...addressesPlaces(account),
    jokerChoice: jokerPlace({ ...account, freeQuestions: config.joker.freeQuestions }),
    ...journalPlaces(account),
    sessionOver: {
      same: Object.keys(returnRoutes).map(page => ({
        params: { page },
        page: view => sessionOverPage({ ui: view, page }),
      })),
    },
    sessions: sessionsPlace(account),
    authenticator: authenticatorPlace(account),
    recoveryCodes: recoveryCodesPlace(account),
    ...passkeyPlaces(account),
    ...helpPlaces({ known: knownToHelp(house), pictures, ui }),
    charter: {
      same: [{ params: { version: charter.version }, page: view => charterPage({ ui: view, charter }) }],
    },
    ...statementPlaces(house),
    notMe,
    ...(mailbox && demonstrationPlaces(mailbox, ui)),
  })
}
