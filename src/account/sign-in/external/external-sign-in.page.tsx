import { Page } from '../../../ui/layout.tsx'
import type { Ui } from '../../../ui/ui.ts'
import { FirstTime, Forgotten } from '../beside-sign-in.tsx'

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
        <Forgotten ui={ui} />
      </form>
      <FirstTime ui={ui} />
    </Page>
  )
}
