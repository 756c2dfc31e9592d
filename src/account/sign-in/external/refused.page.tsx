import { StopPage } from '../../../ui/stop.tsx'
import type { Ui } from '../../../ui/ui.ts'
import { refusalSlugs, type SignInRefusal } from './refusals.ts'

type Props = { readonly ui: Ui; readonly host: string; readonly why: SignInRefusal }

/** Why the sign-in was refused, with a button that asks the server for a new proof, so that another person can sign in. */
export const refusedPage = ({ ui, host, why }: Props) => (
  <StopPage
    ui={ui}
    heading={ui.say('external.refused')}
    why={ui.say(why, { host })}
    currentPage={{ route: 'signInRefused', params: { why: refusalSlugs[why] } }}
  >
    <form method="post" action={ui.href('signIn')}>
      <input type="hidden" name="frais" value="oui" />
      <button class="button" type="submit">
        {ui.say('sign-out.again')}
      </button>
    </form>
    <p>
      {why === 'identity-other' ? (
        <a class="go" href={ui.href('account')}>
          {ui.say('account.back')}
        </a>
      ) : (
        <a class="go" href={ui.href('forgotten')}>
          {ui.say('sign-in.forgotten')}
        </a>
      )}
    </p>
  </StopPage>
)
