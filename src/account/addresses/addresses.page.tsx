import type { ReachedContact } from '../../identity/access-methods.ts'
import { type Destination, type DestinationKind, kindOf } from '../../proofs/sent-code/destination.ts'
import type { ReasonKey } from '../../texts/texts.ts'
import { Field } from '../../ui/field.tsx'
import type { Ui } from '../../ui/ui.ts'
import { AccountPage } from '../account.page.tsx'

/** Why an address was refused, shown at its field. */
export type AddressProblem = {
  readonly field: DestinationKind
  readonly reason: ReasonKey
  readonly typed: string
}

type Props = {
  readonly ui: Ui
  /** Addresses of the directory: notified of every change, and changed by the institution alone. */
  readonly own: readonly string[]
  readonly contacts: readonly ReachedContact[]
  /** The kinds whose codes a recovery takes. */
  readonly recoversBy: readonly DestinationKind[]
  readonly now: number
  readonly room: number
  readonly mobiles: 'offered' | 'spent' | 'none'
  readonly wrong: AddressProblem | null
}

const Remove = ({ ui, address }: { ui: Ui; address: ReachedContact }) => (
  <form method="post" action={ui.href('addresses')}>
    <input type="hidden" name="faire" value="retirer" />
    <input type="hidden" name="laquelle" value={address.id} />
    <button class="button second" type="submit">
      {ui.say('addresses.remove')}
      <span class="unseen"> {address.to}</span>
    </button>
  </form>
)

const inputs = {
  mail: { type: 'email', autocomplete: 'email', maxLength: 200 },
  mobile: { type: 'tel', autocomplete: 'tel', maxLength: 40 },
} as const

const Add = ({ ui, kind, wrong }: Pick<Props, 'ui' | 'wrong'> & { kind: DestinationKind }) => {
  const mine = wrong?.field === kind ? wrong : null
  return (
    <form method="post" noValidate action={ui.href('addresses')}>
      <input type="hidden" name="faire" value={kind} />
      <Field
        name={kind}
        label={ui.say(`addresses.${kind}.add`)}
        hint={ui.say(`addresses.${kind}.hint`)}
        error={mine ? ui.say(mine.reason) : undefined}
        input={{ ...inputs[kind], value: mine?.typed ?? '' }}
      />
      <button class="button second" type="submit">
        {ui.say('addresses.send')}
      </button>
    </form>
  )
}

const Kind = (props: Props & { readonly kind: DestinationKind }) => {
  const { ui, kind, wrong } = props
  const { say } = ui
  const isSpent = kind === 'mobile' && props.mobiles === 'spent'
  const isAwaited = ({ provesFrom }: ReachedContact) =>
    provesFrom > props.now && props.recoversBy.includes(kind)
  const confirmed = props.contacts.filter(({ to }) => kindOf(to) === kind)
  return (
    <section aria-labelledby={`titre-${kind}`}>
      <h2 id={`titre-${kind}`}>{say(`addresses.${kind}`)}</h2>
      {confirmed.length === 0 ? (
        <p class="quiet">{say(`addresses.${kind}.none`)}</p>
      ) : (
        <ul class="lines">
          {confirmed.map(address => (
            <li>
              <span>
                <b>{address.to}</b>{' '}
                <span class="quiet">{say('addresses.since', { at: ui.dateTime(address.confirmedAt) })}</span>
                {isAwaited(address) && (
                  <span class="quiet">
                    {' '}
                    {say('addresses.proves-from', { at: ui.dateTime(address.provesFrom) })}
                  </span>
                )}
              </span>
              <Remove ui={ui} address={address} />
            </li>
          ))}
        </ul>
      )}
      {isSpent && <p class="quiet">{say('messages-spent')}</p>}
      {!isSpent && confirmed.length < props.room && <Add ui={ui} kind={kind} wrong={wrong} />}
    </section>
  )
}

export const addressesPage = (props: Props) => {
  const { ui, own, wrong } = props
  const { say } = ui
  const hasField = wrong?.field === 'mail' || props.mobiles === 'offered'
  return (
    <AccountPage
      ui={ui}
      currentPage={{ route: 'addresses' }}
      heading={say('addresses.title')}
      lead={say('addresses.lead')}
      errors={wrong ? [{ field: hasField ? wrong.field : null, sentence: say(wrong.reason) }] : []}
    >
      {own.length > 0 && (
        <p class="note">
          {say('addresses.own')} {own.join(', ')}
        </p>
      )}
      <Kind {...props} kind="mail" />
      {props.mobiles !== 'none' && <Kind {...props} kind="mobile" />}
      <p class="quiet">{say('addresses.told')}</p>
    </AccountPage>
  )
}

type CodeProps = {
  readonly ui: Ui
  readonly kind: DestinationKind
  readonly to: Destination
  /** How long the code works. */
  readonly life: number
  readonly wrong: { readonly reason: ReasonKey; readonly left: number } | null
}

/** Asks for the code that was sent. It is typed rather than a link, since the mail may be read on another device. */
export const codePage = ({ ui, kind, to, life, wrong }: CodeProps) => {
  const { say } = ui
  const error = wrong ? say(wrong.reason, { left: wrong.left }) : undefined
  return (
    <AccountPage
      ui={ui}
      currentPage={{ route: 'addressCode', params: { kind } }}
      heading={say('code.title')}
      title={`${say('code.title')} (${say(`contact.${kind}`)})`}
      lead={say('code.lead', { address: to })}
      errors={error ? [{ field: 'code', sentence: error }] : []}
    >
      <form method="post" noValidate action={ui.href('addressCode', { kind })}>
        <Field
          name="code"
          label={say('code.label')}
          hint={say('code.hint', { life: ui.duration(life) })}
          more={say('code.none')}
          error={error}
          input={{ inputMode: 'numeric', autocomplete: 'one-time-code', maxLength: 20 }}
        />
        <button class="button" type="submit">
          {say('validate')}
        </button>
        <p>
          <a class="go" href={ui.href('addresses')}>
            {say('code.again')}
          </a>
        </p>
      </form>
    </AccountPage>
  )
}
