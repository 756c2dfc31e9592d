import { Field } from '../../ui/field.tsx'
import { Page } from '../../ui/layout.tsx'
import { Summary } from '../../ui/summary.tsx'
import type { Ui } from '../../ui/ui.ts'

type Props = { readonly ui: Ui; readonly login: string; readonly problem: 'sign-in-refused' | null }

/** The embedded sign-in, and step 1 of the guide: « Mot de passe oublié ? ». */
export const signInPage = ({ ui, login, problem }: Props) => {
  const { say } = ui
  const plain = { autocapitalize: 'none', spellcheck: false } as const
  return (
    <Page
      ui={ui}
      title={say('sign-in.title')}
      heading={say('sign-in.title')}
      hasErrors={problem !== null}
      withScript
    >
      <Summary ui={ui} told={problem ? [{ field: 'identifiant', sentence: say(problem) }] : []} />
      <form method="post" noValidate action={ui.href('signIn')}>
        <Field
          name="identifiant"
          label={say('sign-in.login')}
          input={{ ...plain, value: login, autocomplete: 'username', maxLength: 200 }}
        />
        <Field
          name="motdepasse"
          label={say('sign-in.password')}
          input={{ ...plain, type: 'password', autocomplete: 'current-password' }}
          beside={
            <button
              class="button second"
              type="button"
              data-reveals="motdepasse"
              data-hide={say('new.hide')}
              aria-pressed="false"
              hidden
            >
              {say('new.show')}
            </button>
          }
        />
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
