import { Ceremony } from '../../proofs/passkey/ceremony.tsx'
import { Door } from '../../ui/doors.tsx'
import { Page } from '../../ui/layout.tsx'
import { Summary } from '../../ui/summary.tsx'
import type { Ui } from '../../ui/ui.ts'

type Props = {
  readonly ui: Ui
  readonly options: unknown
  readonly returnTo: string
  readonly refused: boolean
}

/** The same question, answered by the device; the other way is a link away. */
export const confirmPasskeyPage = ({ ui, options, returnTo, refused }: Props) => {
  const params = { page: returnTo }
  return (
    <Page
      ui={ui}
      heading={ui.say('confirm.title')}
      lead={ui.say('confirm.passkey')}
      place={{ route: 'confirmPasskey', params }}
      onTheLine={<Door opening="ajar" />}
      hasErrors={refused}
      withPasskey
    >
      <Summary ui={ui} told={refused ? [{ field: null, sentence: ui.say('passkey-refused') }] : []} />
      <Ceremony
        ui={ui}
        what="prove"
        options={options}
        action={ui.href('confirmPasskey', params)}
        button={ui.say('passkey.use')}
        instead={
          <p>
            <a class="go" href={ui.href('confirm', params)}>
              {ui.say('confirm.otherwise')}
            </a>
          </p>
        }
      />
    </Page>
  )
}
