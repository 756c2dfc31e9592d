import { z } from 'zod'
import { NewPasswordFields, newPasswordErrors } from '../../password/new-password.fields.tsx'
import { AllRequired, Field } from '../../ui/field.tsx'
import { Page } from '../../ui/layout.tsx'
import { DoorDrawing } from '../../ui/step-indicator.tsx'
import { Summary } from '../../ui/summary.tsx'
import { field } from '../../web/form.ts'
import { CurrentPassword } from '../sign-in/current-password.part.tsx'
import { passwordClosedPage } from '../sign-in/password-closed.page.tsx'
import { ForgottenPasswordLink } from '../sign-in/sign-in-links.part.tsx'
import { type ChangeFormProps, closedAmong } from './change-password.page.tsx'
import { changeForm } from './judge-change.ts'

export const expiredForm = changeForm.extend({ identifiant: z.string().pipe(field(200)) })

/**
 * « Votre mot de passe a expiré »: reached only after the right password. The form asks for it again with a new one, since
 * a page never holds a password.
 */
export const expiredPage = (props: ChangeFormProps & { readonly login: string; readonly now: number }) => {
  const { ui, policy, problems, login } = props
  const { say } = ui
  const closed = closedAmong(problems)
  if (closed) return passwordClosedPage({ ui, closed, currentPage: { route: 'expiredPassword' } })
  const { errors, errorOf } = newPasswordErrors(ui, policy, problems)
  return (
    <Page
      ui={ui}
      heading={say('expired.title')}
      lead={say('expired.lead')}
      currentPage={{ route: 'expiredPassword' }}
      progress={<DoorDrawing state="half-open" />}
      hasErrors={errors.length > 0}
      withScript
    >
      <Summary ui={ui} errors={errors} note={say('summary.unchanged')} />
      <form method="post" noValidate action={ui.href('expiredPassword')} class="sides">
        <AllRequired ui={ui} />
        <Field
          name="identifiant"
          label={say('sign-in.login')}
          input={{
            value: login,
            autocomplete: 'username',
            autocapitalize: 'none',
            spellcheck: false,
            maxLength: 200,
          }}
        />
        <CurrentPassword ui={ui} name="ancien" label={say('change.old')} error={errorOf('ancien')} />
        <NewPasswordFields {...props} login={null} errorOf={errorOf} />
        <button class="button" type="submit">
          {say('validate')}
        </button>
        <ForgottenPasswordLink ui={ui} />
      </form>
    </Page>
  )
}
