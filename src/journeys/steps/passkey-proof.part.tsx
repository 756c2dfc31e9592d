import { Ceremony } from '../../proofs/passkey/ceremony.part.tsx'
import type { Ui } from '../../ui/ui.ts'

type Props = {
  readonly ui: Ui
  readonly action: string
  readonly journey: string
  /** `null`: no challenge waits, because it was answered or has expired, or because none was asked for yet. */
  readonly options: unknown
}

/** The passkey, for a person who chose it; the other ways and the helpdesk are below it, for a browser without scripts too. */
export const PasskeyPart = ({ ui, action, journey, options }: Props) =>
  options ? (
    <Ceremony
      ui={ui}
      what="prove"
      options={options}
      action={action}
      button={ui.say('passkey.use')}
      journey={journey}
      instead={null}
    />
  ) : (
    <form method="post" action={action}>
      <input type="hidden" name="demarche" value={journey} />
      <button class="button" type="submit" name="laquelle" value="passkey">
        {ui.say('passkey.use')}
      </button>
    </form>
  )
