import { Page } from '../../../ui/layout.tsx'
import type { Ui } from '../../../ui/ui.ts'
import { ActivationAside, ForgottenPasswordLink } from '../sign-in-links.part.tsx'

type Props = { readonly ui: Ui; readonly host: string; readonly returnTo: string | null }

/** Replaces the embedded sign-in page: the password is typed at the institution's server and nowhere else. */
export const externalSignInPage = ({ ui, host, returnTo }: Props) => {
  const { say } = ui
  return (
    <Page ui={ui} heading={say('sign-in.title')} lead={say('external.lead', { host })}>
      <form method="post" action={returnTo ? ui.href('signInFor', { page: returnTo }) : ui.href('signIn')}>
        <button class="button" type="submit">
          {say('sign-in.submit')}
        </button>
        <ForgottenPasswordLink ui={ui} />
      </form>
      <ActivationAside ui={ui} />
    </Page>
  )
}
