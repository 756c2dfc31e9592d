import { AllRequired, Field } from '../../ui/field.tsx'
import { Page } from '../../ui/layout.tsx'
import { Script } from '../../ui/script.tsx'
import { Summary } from '../../ui/summary.tsx'
import type { Ui } from '../../ui/ui.ts'
import { CurrentPassword } from './current-password.part.tsx'
import type { ClosedProblem } from './password-authenticator.ts'
import { passwordClosedPage } from './password-closed.page.tsx'
import { ActivationAside, ForgottenPasswordLink } from './sign-in-links.part.tsx'

type Props = {
  readonly ui: Ui
  readonly login: string
  readonly problem: { readonly reason: 'sign-in-refused' } | ClosedProblem | null
  /** The name of the page to go back to. */
  readonly returnTo: string | null
}

/** The embedded sign-in page, with « Mot de passe oublié ? », step 1 of the guide. */
export const signInPage = ({ ui, login, problem, returnTo }: Props) => {
  const { say } = ui
  const passkey = {
    action: ui.href('signInPasskey', { page: returnTo ?? 'compte' }),
    button: say('passkey.sign-in'),
  }
  if (problem && problem.reason !== 'sign-in-refused') {
    const currentPage = returnTo
      ? ({ route: 'signInFor', params: { page: returnTo } } as const)
      : ({ route: 'signIn' } as const)
    return passwordClosedPage({ ui, closed: problem, currentPage, passkey })
  }
  const error = problem ? say(problem.reason) : undefined
  const plain = { autocapitalize: 'none', spellcheck: false } as const
  return (
    <Page ui={ui} heading={say('sign-in.title')} hasErrors={problem !== null} withScript>
      <Summary ui={ui} errors={error ? [{ field: 'identifiant', sentence: error }] : []} />
      <form
        method="post"
        noValidate
        action={returnTo ? ui.href('signInFor', { page: returnTo }) : ui.href('signIn')}
        data-no-cookies={say('sign-in.no-cookies')}
      >
        <AllRequired ui={ui} />
        <Field
          name="identifiant"
          label={say('sign-in.login')}
          error={error}
          input={{ ...plain, value: login, autocomplete: 'username webauthn', maxLength: 200 }}
        />
        <CurrentPassword ui={ui} name="motdepasse" label={say('sign-in.password')} />
        <button class="button" type="submit">
          {say('sign-in.submit')}
        </button>
        <ForgottenPasswordLink ui={ui} />
      </form>
      <form method="post" action={passkey.action} data-offers-passkeys>
        <button class="button second" type="submit">
          {passkey.button}
        </button>
      </form>
      <Script ui={ui} name="passkeyAutofill" />
      <ActivationAside ui={ui} />
    </Page>
  )
}
