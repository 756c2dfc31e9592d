import type { Person } from '../../directory/directory.ts'
import { Mail } from '../../ui/helpdesk.tsx'
import type { Ui } from '../../ui/ui.ts'

/** Allows a line break after the @ rather than in the middle of a word. */
const Address = ({ address }: { address: string }) => {
  const [name, host] = address.split('@')
  return (
    <>
      {name}@<wbr />
      {host}
    </>
  )
}

/** The person's data in the directory, which only the institution can change. */
export const Identity = ({ ui, person }: { ui: Ui; person: Person }) => {
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
