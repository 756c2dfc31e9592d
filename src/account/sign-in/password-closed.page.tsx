import type { CurrentPage } from '../../ui/current-page.ts'
import { StopPage } from '../../ui/stop.tsx'
import type { Ui } from '../../ui/ui.ts'
import type { ClosedProblem } from './password-authenticator.ts'

type Props = {
  readonly ui: Ui
  readonly closed: ClosedProblem
  readonly currentPage: CurrentPage
  /** The form that begins a passkey ceremony, and its button. */
  readonly passkey?: { readonly action: string; readonly button: string }
  /** Somebody is signed in, and can go back to the account. */
  readonly signedIn?: boolean
}

/** Too many wrong passwords: none is checked for now, right or wrong. The same page for every login, known or not. */
export const passwordClosedPage = ({ ui, closed, currentPage, passkey, signedIn }: Props) => (
  <StopPage
    ui={ui}
    currentPage={currentPage}
    heading={ui.say(
      `closed.${closed.reason}`,
      'until' in closed ? { until: ui.until(closed.until) } : undefined,
    )}
    why={ui.say(closed.reason)}
    signedIn={signedIn ?? false}
    withScript
  >
    <p>
      <a class="button" href={ui.href('forgotten')}>
        {ui.say('sign-in.forgotten')}
      </a>
    </p>
    {passkey && (
      <form method="post" action={passkey.action}>
        <button class="button second" type="submit">
          {passkey.button}
        </button>
      </form>
    )}
    {signedIn && (
      <p>
        <a class="go" href={ui.href('account')}>
          {ui.say('account.back')}
        </a>
      </p>
    )}
  </StopPage>
)
