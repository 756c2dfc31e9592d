import type { Person } from '../../directory/directory.ts'
import type { RecoveryHold } from '../../identity/access-methods.ts'
import type { Contact } from '../../identity/contacts.ts'
import { countOf, type InPlace } from '../../proofs/proof.ts'
import type { KeptDescriptor } from '../../proofs/proof-registry.ts'
import { kindOf, masked } from '../../proofs/sent-code/destination.ts'
import type { RouteName } from '../../routes.ts'
import type { DeliveryStatus } from '../../services/deliveries/delivery.ts'
import { linesOf, ServiceLines } from '../../services/receipt/lines.part.tsx'
import type { ServiceSettings } from '../../services/settings.ts'
import { DoorDrawing } from '../../ui/step-indicator.tsx'
import type { Ui } from '../../ui/ui.ts'
import { AccountPage } from '../account.page.tsx'
import type { Story } from '../journal/stories.ts'
import { StoryLines } from '../journal/story.part.tsx'
import { ExpiryNote } from '../password/expiry-note.part.tsx'
import { Identity } from './identity.part.tsx'
import { type SecurityFacts, SecurityPart } from './security.part.tsx'

type Props = {
  readonly ui: Ui
  readonly person: Person
  /** Milliseconds since 1970. */
  readonly now: number
  readonly passwordAt: number | null
  readonly contacts: readonly Contact[]
  /** The proofs that a person keeps, and what this person has of each. */
  readonly proofs: readonly { readonly proof: KeptDescriptor; readonly inPlace: readonly InPlace[] }[]
  /** What a recovery of late keeps as it was: nothing is asked for that would be refused. */
  readonly hold: RecoveryHold | null
  readonly sessions: number
  readonly services: readonly ServiceSettings[]
  readonly statuses: readonly DeliveryStatus[]
  readonly stories: readonly Story[]
}

type Line = { readonly to: RouteName; readonly name: string; readonly detail: string; readonly verb: string }

const Lines = ({ ui, id, title, lines }: { ui: Ui; id: string; title: string; lines: readonly Line[] }) => (
  <section aria-labelledby={id}>
    <h2 id={id}>{title}</h2>
    <ul class="lines rows">
      {lines.map(({ to, name, detail, verb }) => (
        <li>
          <span>
            <b>{name}</b> <span class="quiet">{detail}</span>
          </span>
          <a href={ui.href(to)}>
            {verb}
            <span class="unseen"> : {name}</span>
          </a>
        </li>
      ))}
    </ul>
  </section>
)

const proofLines = ({ ui, proofs, hold }: Props, section: KeptDescriptor['overview']['section']): Line[] =>
  proofs
    .filter(({ proof }) => proof.overview.section === section)
    .map(({ proof: { overview, use }, inPlace }) => ({
      to: overview.page,
      ...overview.line(ui, inPlace),
      ...((use === 'recovery' ? hold?.keepsJoker : hold?.keepsContactsAndFactors) && {
        verb: ui.say('account.see'),
      }),
    }))

const signInLines = (props: Props): Line[] => {
  const { ui, passwordAt } = props
  return [
    {
      to: 'changePassword',
      name: ui.say('sign-in.password'),
      detail:
        passwordAt === null
          ? ui.say('account.unknown')
          : ui.say('account.changed', { at: ui.dateTime(passwordAt) }),
      verb: ui.say('account.change'),
    },
    ...proofLines(props, 'entering'),
  ]
}

const recoveryLines = (props: Props): Line[] => {
  const { ui, contacts, hold } = props
  const verb = (count: number) => {
    if (hold?.keepsContactsAndFactors) return 'account.see'
    return count > 0 ? 'account.change' : 'account.add'
  }
  return [
    ...(['mail', 'mobile'] as const).map(kind => {
      const own = contacts.filter(({ to }) => kindOf(to) === kind).map(({ to }) => masked(to))
      return {
        to: 'addresses' as const,
        name: ui.say(`addresses.${kind}`),
        detail: own.join(', ') || ui.say(`addresses.${kind}.none`),
        verb: ui.say(verb(own.length)),
      }
    }),
    ...proofLines(props, 'recovery'),
  ]
}

const Services = ({ ui, services, statuses }: Props) => (
  <section aria-labelledby="services">
    <h2 id="services">{ui.say('account.services')}</h2>
    <ServiceLines ui={ui} lines={linesOf(services, statuses)} />
    {statuses.length === 0 && <p class="quiet">{ui.say('account.services.none')}</p>}
    <p>
      <a class="go" href={ui.href('devices')}>
        {ui.say('devices.link')}
      </a>
    </p>
  </section>
)

const factsOf = ({ person, now, contacts, proofs, hold }: Props): SecurityFacts => ({
  adds: !hold?.keepsContactsAndFactors,
  passwordExpires: Boolean(person.passwordExpiry && now >= person.passwordExpiry.warnFrom),
  contacts: contacts.length,
  proofs: proofs.map(({ proof, inPlace }) => ({ proof, inPlace: countOf(inPlace) })),
})

export const overviewPage = (props: Props) => {
  const { ui, person, sessions, services, stories } = props
  const { say } = ui
  return (
    <AccountPage
      ui={ui}
      currentPage={{ route: 'account' }}
      title={say('nav.account')}
      heading={say('account.hello', { name: person.firstNames[0] ?? person.displayName })}
      progress={<DoorDrawing state="open" />}
    >
      <ExpiryNote ui={ui} person={person} now={props.now} withLink />
      <SecurityPart ui={ui} facts={factsOf(props)} />
      <Lines ui={ui} id="entrer" title={say('account.entering')} lines={signInLines(props)} />
      <Lines ui={ui} id="retour" title={say('addresses.title')} lines={recoveryLines(props)} />
      <Services {...props} />
      <Lines
        ui={ui}
        id="ouvert"
        title={say('account.open')}
        lines={[
          {
            to: 'sessions',
            name: say('sessions.title'),
            detail: say('account.sessions', { count: sessions }),
            verb: say('account.see'),
          },
        ]}
      />
      <Identity ui={ui} person={person} />
      <aside class="aside stack">
        <h2>{say('journal.title')}</h2>
        <StoryLines words={{ ui, services }} stories={stories} now={props.now} />
        <p>
          <a class="go" href={ui.href('journal')}>
            {say('account.journal')}
          </a>
        </p>
        <p class="quiet">{say('account.language')}</p>
      </aside>
    </AccountPage>
  )
}
