import type { PendingSignIn } from '../../identity/pending-sign-ins.ts'
import type { Ui } from '../../ui/ui.ts'
import { askPasskeyPage } from './ask-passkey.page.tsx'

type Props = {
  readonly ui: Ui
  readonly options: unknown
  readonly returnTo: string
  readonly pending: PendingSignIn
  readonly back: string
  readonly refused: boolean
}

/** Asks for a passkey instead of a password, or as the second factor after the password. */
export const passkeySignInPage = ({ ui, pending, back, ...props }: Props) =>
  askPasskeyPage({
    ...props,
    ui,
    route: 'signInPasskey',
    heading: ui.say('passkey.sign-in'),
    lead: ui.say(pending.person ? 'second.lead' : 'passkey.sign-in.lead'),
    alternative: {
      href: back,
      label: ui.say(pending.person ? 'second.code-instead' : 'passkey.sign-in.instead'),
    },
  })
