import { Page } from '../../../ui/layout.tsx'
import type { Ui } from '../../../ui/ui.ts'

type Props = { readonly ui: Ui; readonly host: string; readonly returnTo: string | null }

/** In place of the embedded sign-in: a password is typed at the institution's server and nowhere else. */
export const externalSignInPage = ({ ui, host, returnTo }: Props) => {
  const { say } = ui
  return (
    <Page
      ui={ui}
      title={say('sign-in.title')}
      heading={say('sign-in.title')}
      lead={say('external.lead', { host })}
    >
      <form method="post" action={returnTo ? ui.href('signInFor', { page: returnTo }) : ui.href('signIn')}>
        <button class="button" type="submit">
          {say('sign-in.submit')}
        </button>
        <p>
          <a class="go" href={ui.href('forgotten')}>
            {say('sign-in.forgotten')}
          </a>
        </p>
      </form>
      <aside class="aside stack">
        <h2>{say('sign-in.new')}</h2>
        <p>
          <a class="go" href={ui.href('activation')}>
            {say('nav.activation')}
          </a>
        </p>
      </aside>
    </Page>
  )
}
