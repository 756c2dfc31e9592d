import type { Store } from '../../store/store.ts'
import type { Language } from '../../texts/texts.ts'
import type { Ui } from '../../ui/ui.ts'
import { go, type Handler } from '../../web/ask.ts'
import type { Sessions } from '../sessions/sessions.ts'
import { signOutPage } from './sign-out.page.tsx'

/** A look changes nothing: it offers the button, or says that nobody is signed in here. The button ends the session. */
export const signOut = (parts: { store: Store; sessions: Sessions; ui: (language: Language) => Ui }) => {
  const { store, sessions } = parts

  const get: Handler = async ask => {
    const session = await sessions.find(ask.cookie('session'))
    return { kind: 'page', page: signOutPage({ ui: parts.ui(ask.language), signedIn: session !== null }) }
  }

  const post: Handler = async ask => {
    const session = await sessions.find(ask.cookie('session'))
    if (session) await store.transaction(tx => sessions.end(tx, session.person, session.ref, 'sign-out'))
    return go(ask.href('signOut'), [sessions.forgotten])
  }

  return { get, post }
}
