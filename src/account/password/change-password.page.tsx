import type { Person } from '../../directory/directory.ts'
import { NewPasswordFields, newPasswordErrors } from '../../password/new-password.fields.tsx'
import type { Policy } from '../../password/policy.ts'
import { ReceiptPart } from '../../services/receipt/receipt.part.tsx'
import type { Receipt } from '../../services/receipt/receipt.ts'
import type { ServiceSettings } from '../../services/settings.ts'
import { AllRequired } from '../../ui/field.tsx'
import { DoorDrawing } from '../../ui/step-indicator.tsx'
import type { Ui } from '../../ui/ui.ts'
import { AccountPage } from '../account.page.tsx'
import { CurrentPassword } from '../sign-in/current-password.part.tsx'
import type { ClosedProblem } from '../sign-in/password-authenticator.ts'
import { passwordClosedPage } from '../sign-in/password-closed.page.tsx'
import { ExpiryNote } from './expiry-note.part.tsx'
import type { ChangeProblem } from './judge-change.ts'

export type ChangeFormProps = {
  readonly ui: Ui
  readonly policy: Policy
  readonly problems: readonly ChangeProblem[]
  readonly charterAccepted: boolean
}

/** The current password is not checked for now, right or wrong; `null`: it is. */
export const closedAmong = (problems: readonly ChangeProblem[]): ClosedProblem | null => {
  for (const problem of problems) {
    const { reason } = problem
    if (reason === 'password-closed') return { reason }
    if (reason === 'password-closed-until' && 'until' in problem) return { reason, until: problem.until ?? 0 }
  }
  return null
}

/** Ancien mot de passe, Nouveau, Confirmation, charter, « Valider ». */
export const changePage = (props: ChangeFormProps & { readonly person: Person; readonly now: number }) => {
  const { ui, policy, problems } = props
  const { say } = ui
  const closed = closedAmong(problems)
  if (closed)
    return passwordClosedPage({ ui, closed, currentPage: { route: 'changePassword' }, signedIn: true })
  const { errors, errorOf } = newPasswordErrors(ui, policy, problems)
  return (
    <AccountPage
      ui={ui}
      currentPage={{ route: 'changePassword' }}
      heading={say('change.title')}
      lead={say('change.lead')}
      errors={errors}
      note={say('summary.unchanged')}
    >
      <ExpiryNote ui={ui} person={props.person} now={props.now} />
      <form method="post" noValidate action={ui.href('changePassword')} class="sides">
        <AllRequired ui={ui} />
        <CurrentPassword ui={ui} name="ancien" label={say('change.old')} error={errorOf('ancien')} />
        <NewPasswordFields {...props} login={props.person.login} errorOf={errorOf} />
        <button class="button" type="submit">
          {say('validate')}
        </button>
      </form>
    </AccountPage>
  )
}

type ChangedProps = {
  readonly ui: Ui
  readonly change: string
  readonly receipt: Receipt
  readonly services: readonly ServiceSettings[]
}

/** The receipt of a change, service by service. */
export const changedPage = ({ ui, change, receipt, services }: ChangedProps) => (
  <AccountPage
    ui={ui}
    currentPage={{ route: 'passwordChanged', params: { change } }}
    heading={ui.say('done.title')}
    lead={ui.say('done.sentence')}
    progress={<DoorDrawing state="open" />}
  >
    <ReceiptPart
      ui={ui}
      receipt={receipt}
      services={services}
      again={ui.href('passwordChanged', { change })}
    />
    <p class="quiet">{ui.say('change.sessions-ended')}</p>
  </AccountPage>
)
