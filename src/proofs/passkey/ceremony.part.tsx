import type { ComponentChildren } from 'preact'
import type { Ui } from '../../ui/ui.ts'

type Props = {
  readonly ui: Ui
  readonly what: 'enrol' | 'prove'
  /** The WebAuthn options for the browser, as the library returns them. */
  readonly options: unknown
  readonly action: string
  readonly button: string
  /** Reference of the journey, when the form belongs to one. */
  readonly journey?: string
  readonly children?: ComponentChildren
  /** The alternative when no script runs or no passkey responds. */
  readonly instead: ComponentChildren
}

/** Asks the browser for a passkey. The button appears only when scripts run; the alternative is always on the page. */
export const Ceremony = ({ ui, what, options, action, button, journey, children, instead }: Props) => (
  <>
    <form
      method="post"
      noValidate
      action={action}
      data-passkey={what}
      data-options={JSON.stringify(options)}
      data-with-passkeys
      hidden
    >
      {journey && <input type="hidden" name="demarche" value={journey} />}
      <input type="hidden" name="cle" value="" />
      {children}
      <button class="button" type="submit">
        {button}
      </button>
      <p class="error" id="cle-echec" role="alert" tabIndex={-1} hidden>
        {ui.say('passkey.no-answer')}
      </p>
    </form>
    <p class="note" data-without-passkeys>
      {ui.say('passkey.no-script')}
    </p>
    {instead}
  </>
)
