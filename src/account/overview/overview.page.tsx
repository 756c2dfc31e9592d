import type { Person } from '../../directory/directory.ts'
import type { RouteName } from '../../routes.ts'
import { Door } from '../../ui/doors.tsx'
import { Mail } from '../../ui/helpdesk.tsx'
import type { Ui } from '../../ui/ui.ts'
import { AccountPage } from '../account.page.tsx'

type Props = { readonly ui: Ui; readonly person: Person }

/** An address may be cut after its @ rather than in the middle of a word. */
const Address = ({ address }: { address: string }) => {
  const [name, host] = address.split('@')
  return (
    <>
      {name}@<wbr />
      {host}
    </>
  )
}

const Identity = ({ ui, person }: Props) => {
  const { say } = ui
  return (
    <section aria-labelledby="qui">
      <h2 id="qui">{say('account.identity')}</h2>
      <dl class="facts">
        <dt>{say('account.name')}</dt>
        <dd>{person.displayName}</dd>
        <dt>{say('sign-in.login')}</dt>
        <dd>{person.login}</dd>
        {person.addresses[0] && (
          <>
            <dt>{say('account.mail')}</dt>
            <dd>
              <Address address={person.addresses[0]} />
            </dd>
          </>
        )}
        <dt>{say('account.status')}</dt>
        <dd>{person.populations.map(population => say(`demo.${population}`)).join(', ')}</dd>
      </dl>
      <p class="quiet">
        {say('account.wrong')} <Mail ui={ui} />
      </p>
    </section>
  )
}

const Link = ({ ui, to, name }: { ui: Ui; to: RouteName; name: string }) => (
  <a class="go" href={ui.href(to)}>
    {name}
  </a>
)

const sections = [
  ['passkeys', 'passkey.title'],
  ['authenticator', 'totp.title'],
  ['recoveryCodes', 'codes.title'],
] as const

export const overviewPage = (props: Props) => {
  const { ui, person } = props
  return (
    <AccountPage
      ui={ui}
      place={{ route: 'account' }}
      heading={ui.say('account.hello', { name: person.firstNames[0] ?? person.displayName })}
      onTheLine={<Door opening="open" />}
    >
      <Identity {...props} />
      <p>
        <Link ui={ui} to="changePassword" name={ui.say('change.title')} />
      </p>
      {sections.map(([to, name]) => (
        <p>
          <Link ui={ui} to={to} name={ui.say(name)} />
        </p>
      ))}
      <p>
        <Link ui={ui} to="addresses" name={ui.say('addresses.title')} />
      </p>
      <p>
        <Link ui={ui} to="sessions" name={ui.say('sessions.title')} />
      </p>
    </AccountPage>
  )
}
