import type { ComponentChildren } from 'preact'
import type { Ui } from '../../ui/ui.ts'

type Props = {
  readonly ui: Ui
  readonly what: 'enrol' | 'prove'
  /** What the browser needs, as the library says it. */
  readonly options: unknown
  readonly action: string
  readonly button: string
  /** Names the journey of the form, where it is one's. */
  readonly journey?: string
  readonly children?: ComponentChildren
  /** What to do where no script runs, or no passkey answers. */
  readonly instead: ComponentChildren
}

/** Asks the browser for a passkey. The button shows where a script can press it; what to do instead is always written. */
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
