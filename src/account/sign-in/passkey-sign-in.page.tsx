import type { Ui } from '../../ui/ui.ts'
import { askPasskeyPage } from './ask-passkey.page.tsx'
import type { PendingSignIn } from './pending-sign-ins.ts'

type Props = {
  readonly ui: Ui
  readonly options: unknown
  readonly returnTo: string
  readonly half: PendingSignIn
  readonly back: string
  readonly refused: boolean
}

/** A passkey alone, or after the password of whoever has one. */
export const passkeySignInPage = ({ ui, half, back, ...asked }: Props) =>
  askPasskeyPage({
    ...{ ui, ...asked, route: 'signInPasskey' },
    heading: ui.say('passkey.sign-in'),
    lead: ui.say(half.person ? 'second.lead' : 'passkey.sign-in.lead'),
    otherwise: {
      href: back,
      words: ui.say(half.person ? 'second.code-instead' : 'passkey.sign-in.instead'),
    },
  })
