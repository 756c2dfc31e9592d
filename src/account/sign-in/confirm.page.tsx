import { HelpdeskLine } from '../../ui/helpdesk.tsx'
import { Page } from '../../ui/layout.tsx'
import { DoorDrawing } from '../../ui/step-indicator.tsx'
import { Summary } from '../../ui/summary.tsx'
import type { Ui } from '../../ui/ui.ts'
import { CurrentPassword } from './current-password.part.tsx'
import type { ClosedProblem } from './password-authenticator.ts'
import { passwordClosedPage } from './password-closed.page.tsx'

type Props = {
  readonly ui: Ui
  readonly returnTo: string
  readonly refused: { readonly reason: 'password-refused' } | ClosedProblem | null
  /** Host of the institution's server that asks for the proof; `null`: the password is typed here. */
  readonly host: string | null
  readonly hasPasskey: boolean
}

/** « Confirmez que c'est vous », before a change by which a stranger could take over the account. */
export const confirmPage = ({ ui, returnTo, refused, host, hasPasskey }: Props) => {
  const { say } = ui
  const params = { page: returnTo }
  const passkey = { action: ui.href('confirmPasskey', params), button: say('passkey.use') }
  if (refused && refused.reason !== 'password-refused')
    return passwordClosedPage({
      ui,
      closed: refused,
      currentPage: { route: 'confirm', params },
      signedIn: true,
      ...(hasPasskey && { passkey }),
    })
  const error = refused ? say(refused.reason) : undefined
  return (
    <Page
      ui={ui}
      heading={say('confirm.title')}
      lead={host === null ? say('confirm.lead') : say('confirm.elsewhere', { host })}
      currentPage={{ route: 'confirm', params }}
      progress={<DoorDrawing state="half-open" />}
      hasErrors={refused !== null}
      signedIn
      withScript={host === null}
    >
      <Summary ui={ui} errors={error ? [{ field: 'motdepasse', sentence: error }] : []} />
      <form method="post" noValidate action={ui.href('confirm', params)}>
        {host === null && (
          <CurrentPassword ui={ui} name="motdepasse" label={say('sign-in.password')} error={error} />
        )}
        <button class="button" type="submit">
          {say('validate')}
        </button>
      </form>
      {hasPasskey && (
        <form method="post" action={passkey.action}>
          <button class="button second" type="submit">
            {passkey.button}
          </button>
        </form>
      )}
      <aside class="aside stack">
        <p>
          <a class="go" href={ui.href('account')}>
            {say('account.back')}
          </a>
        </p>
        <HelpdeskLine ui={ui} />
      </aside>
    </Page>
  )
}
