import { Door } from '../../ui/doors.tsx'
import { Page } from '../../ui/layout.tsx'
import { Summary } from '../../ui/summary.tsx'
import type { Ui } from '../../ui/ui.ts'
import { CurrentPassword } from './current-password.tsx'

type Props = { readonly ui: Ui; readonly returnTo: string; readonly refused: boolean }

/** « Confirmez que c'est vous », before what could take the account away from its owner. */
export const confirmPage = ({ ui, returnTo, refused }: Props) => {
  const { say } = ui
  const error = refused ? say('password-refused') : undefined
  return (
    <Page
      ui={ui}
      heading={say('confirm.title')}
      lead={say('confirm.lead')}
      place={{ route: 'confirm', params: { page: returnTo } }}
      onTheLine={<Door opening="ajar" />}
      hasErrors={refused}
      withScript
    >
      <Summary ui={ui} told={error ? [{ field: 'motdepasse', sentence: error }] : []} />
      <form method="post" noValidate action={ui.href('confirm', { page: returnTo })}>
        <CurrentPassword ui={ui} name="motdepasse" label={say('sign-in.password')} error={error} />
        <button class="button" type="submit">
          {say('validate')}
        </button>
        <p>
          <a class="go" href={ui.href('account')}>
            {say('account.back')}
          </a>
        </p>
      </form>
    </Page>
  )
}
