import { Ceremony } from '../../proofs/passkey/ceremony.part.tsx'
import type { Passkey } from '../../proofs/passkey/passkey.ts'
import type { SecondFactorDescriptor } from '../../proofs/proof-registry.ts'
import { Field } from '../../ui/field.tsx'
import { Table } from '../../ui/table.tsx'
import type { Ui } from '../../ui/ui.ts'
import { AccountPage } from '../account.page.tsx'
import { Action } from './action.part.tsx'
import { VoidedNote } from './voided-note.part.tsx'

export type PasskeyProblem = 'passkey-late' | 'passkey-refused' | 'passkeys-enough'

type ListProps = {
  readonly ui: Ui
  readonly passkeys: readonly Passkey[]
  /** The passkey is the first factor, and has voided these, made before it. */
  readonly voided: readonly SecondFactorDescriptor[]
  /** How long after it was added it proves a recovery; `null`: none asks for it. */
  readonly provesAfter: number | null
  readonly problem: PasskeyProblem | null
}

const Remove = ({ ui, passkey }: { ui: Ui; passkey: Passkey }) => (
  <Action ui={ui} to="passkeys" action="retirer" label={ui.say('passkey.remove')} second which={passkey} />
)

export const passkeysPage = ({ ui, passkeys, voided, provesAfter, problem }: ListProps) => {
  const { say } = ui
  return (
    <AccountPage
      ui={ui}
      currentPage={{ route: 'passkeys' }}
      heading={say('passkey.title')}
      lead={say('passkey.lead')}
      errors={problem ? [{ field: null, sentence: say(problem) }] : []}
    >
      <VoidedNote ui={ui} voided={voided} />
      {passkeys.length > 0 && (
        <div class="wide">
          <Table
            ui={ui}
            label={say('passkey.title')}
            columns={[say('account.name'), say('passkey.made'), say('passkey.used'), say('sessions.action')]}
            rows={passkeys.map(passkey => ({
              name: passkey.name,
              cells: [
                ui.dateTime(passkey.madeAt),
                passkey.usedAt ? ui.dateTime(passkey.usedAt) : '',
                <Remove ui={ui} passkey={passkey} />,
              ],
            }))}
          />
        </div>
      )}
      <Action ui={ui} to="passkeys" action="commencer" label={say('passkey.add')} />
      <p class="quiet">{say('factor.then')}</p>
      {provesAfter !== null && (
        <p class="quiet">{say('passkey.proves-after', { delay: ui.duration(provesAfter) })}</p>
      )}
    </AccountPage>
  )
}

/** Shown without scripts, or when the device has no passkeys. */
const OtherWays = ({ ui }: { ui: Ui }) => (
  <p>
    <a class="go" href={ui.href('authenticator')}>
      {ui.say('totp.title')}
    </a>
  </p>
)

type CeremonyProps = { readonly ui: Ui; readonly options: unknown }

export const newPasskeyPage = ({ ui, options, name }: CeremonyProps & { name: string }) => (
  <AccountPage
    ui={ui}
    currentPage={{ route: 'passkeyNew' }}
    heading={ui.say('passkey.new')}
    lead={ui.say('passkey.new.lead')}
    withPasskey
  >
    <Ceremony
      ui={ui}
      what="enrol"
      options={options}
      action={ui.href('passkeyNew')}
      button={ui.say('passkey.make')}
      instead={<OtherWays ui={ui} />}
    >
      <Field
        name="nom"
        label={ui.say('passkey.name')}
        hint={ui.say('passkey.name.hint')}
        input={{ value: name, autocomplete: 'off', maxLength: 60 }}
      />
    </Ceremony>
  </AccountPage>
)

export const tryPasskeyPage = ({ ui, options }: CeremonyProps) => (
  <AccountPage
    ui={ui}
    currentPage={{ route: 'passkeyTry' }}
    heading={ui.say('passkey.try')}
    lead={ui.say('passkey.try.lead')}
    withPasskey
  >
    <Ceremony
      ui={ui}
      what="prove"
      options={options}
      action={ui.href('passkeyTry')}
      button={ui.say('passkey.use')}
      instead={<OtherWays ui={ui} />}
    />
  </AccountPage>
)
