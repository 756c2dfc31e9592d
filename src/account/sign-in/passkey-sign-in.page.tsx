import { Ceremony } from '../../proofs/passkey/ceremony.tsx'
import { Door } from '../../ui/doors.tsx'
import { Page } from '../../ui/layout.tsx'
import { Summary } from '../../ui/summary.tsx'
import type { Ui } from '../../ui/ui.ts'
import type { HalfSignIn } from './half-sign-ins.ts'

type Props = {
  readonly ui: Ui
  readonly options: unknown
  readonly returnTo: string
  readonly half: HalfSignIn
  readonly back: string
  readonly refused: boolean
}

/** Asks the device for a passkey; the other way in is always a link away. */
export const passkeySignInPage = ({ ui, options, returnTo, half, back, refused }: Props) => {
  const params = { page: returnTo }
  return (
    <Page
      ui={ui}
      heading={ui.say('passkey.sign-in')}
      lead={ui.say(half.person ? 'second.lead' : 'passkey.sign-in.lead')}
      place={{ route: 'signInPasskey', params }}
      onTheLine={<Door opening="ajar" />}
      hasErrors={refused}
      withPasskey
    >
      <Summary ui={ui} told={refused ? [{ field: null, sentence: ui.say('passkey-refused') }] : []} />
      <Ceremony
        ui={ui}
        what="prove"
        options={options}
        action={ui.href('signInPasskey', params)}
        button={ui.say('passkey.use')}
        instead={
          <p>
            <a class="go" href={back}>
              {ui.say(half.person ? 'second.code-instead' : 'passkey.sign-in.instead')}
            </a>
          </p>
        }
      />
    </Page>
  )
}
