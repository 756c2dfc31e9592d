import type { SecondFactorDescriptor } from '../../proofs/proof-registry.ts'
import { CopyButton } from '../../ui/copy-button.tsx'
import { Field } from '../../ui/field.tsx'
import { QrCode } from '../../ui/qr.tsx'
import type { Ui } from '../../ui/ui.ts'
import { AccountPage } from '../account.page.tsx'
import { Action } from './action.part.tsx'
import { VoidedNote } from './voided-note.part.tsx'

export type AuthenticatorProblem = 'totp-form' | 'totp-wrong'

/** The secret to enrol: `otpauth:` URI for the QR code, and the same in letters. */
type Offer = { readonly address: string; readonly letters: string }
type Props = {
  readonly ui: Ui
  readonly since: number | null
  readonly offer: Offer | null
  /** The app is the first factor, and has voided these, made before it. */
  readonly voided: readonly SecondFactorDescriptor[]
  readonly problem: AuthenticatorProblem | null
}

const groups = (letters: string) => (letters.match(/.{1,4}/g) ?? []).join(' ')

const Enrol = ({ ui, offer, problem }: Props & { offer: Offer }) => {
  const { say } = ui
  return (
    <>
      <section aria-labelledby="lire">
        <h2 id="lire">{say('totp.scan')}</h2>
        <p>{say('totp.scan.how')}</p>
        <QrCode text={offer.address} label={say('totp.picture')} />
        <p>
          <a class="go" href={offer.address}>
            {say('totp.open')}
          </a>
        </p>
        <p>{say('totp.letters')}</p>
        <p class="letters" id="cle" data-text={offer.letters} translate={false}>
          {groups(offer.letters)}
        </p>
        <CopyButton ui={ui} of="cle" label={say('totp.copy')} />
      </section>
      <form method="post" noValidate action={ui.href('authenticator')}>
        <input type="hidden" name="action" value="confirmer" />
        <Field
          name="code"
          label={say('totp.code')}
          hint={say('totp.code.hint')}
          error={problem ? say(problem) : undefined}
          input={{ inputMode: 'numeric', autocomplete: 'one-time-code', maxLength: 12, spellcheck: false }}
        />
        <button class="button" type="submit">
          {say('validate')}
        </button>
      </form>
    </>
  )
}

/** Shows no app, an app that waits for its first code, or an app in service. */
export const authenticatorPage = (props: Props) => {
  const { ui, since, offer, problem } = props
  const { say } = ui
  return (
    <AccountPage
      ui={ui}
      currentPage={{ route: 'authenticator' }}
      heading={say('totp.title')}
      lead={say('totp.lead')}
      errors={problem ? [{ field: 'code', sentence: say(problem) }] : []}
      withScript
    >
      {since && <p class="note">{say('totp.since', { at: ui.dateTime(since) })}</p>}
      <VoidedNote ui={ui} voided={props.voided} />
      {offer ? (
        <Enrol {...props} offer={offer} />
      ) : (
        <Action
          ui={ui}
          to="authenticator"
          action="commencer"
          label={say(since ? 'totp.change' : 'totp.begin')}
          second={since !== null}
        />
      )}
      {since && <Action ui={ui} to="authenticator" action="retirer" label={say('totp.remove')} second />}
      {!since && <p class="quiet">{say('factor.then')}</p>}
    </AccountPage>
  )
}
