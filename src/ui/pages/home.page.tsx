import { numberKinds } from '../../directory/directory.ts'
import type { DemoPerson } from '../../directory/embedded/demo-people.ts'
import { questionText } from '../../proofs/joker/questions.ts'
import type { Opening } from '../doors.tsx'
import { Door } from '../doors.tsx'
import { Page } from '../layout.tsx'
import type { Ui } from '../ui.ts'

const two = (n: number) => String(n).padStart(2, '0')

const doors = [
  ['forgotten', 'home.forgotten', 'home.forgotten.detail', 'shut'],
  ['activation', 'nav.activation', 'home.activation.detail', 'ajar'],
  ['account', 'nav.account', 'home.account.detail', 'open'],
] as const satisfies readonly (readonly [string, string, string, Opening])[]

const Cell = ({ label, children }: { label: string; children: preact.ComponentChildren }) => (
  <td role="cell" data-label={label}>
    {children}
  </td>
)

const Row = ({ ui, person }: { ui: Ui; person: DemoPerson }) => {
  const { say, language } = ui
  const { born, joker, numbers } = person
  const about = [
    say(`demo.${person.population}`),
    person.helpdesk && say('demo.helpdesk'),
    !person.password && say('demo.inactive'),
  ]
  const colon = language === 'fr' ? ' :' : ':'
  return (
    <tr role="row">
      <th role="rowheader" scope="row">
        {person.firstName} {person.familyName}, {about.filter(Boolean).join(', ')}
      </th>
      <Cell label={say('demo.number') + colon}>
        {numberKinds
          .flatMap(kind => (numbers[kind] ? [`${say(`number.${kind}`)} ${numbers[kind]}`] : []))
          .join(', ')}
      </Cell>
      <Cell label={say('demo.born') + colon}>
        {two(born.day)}/{two(born.month)}/{born.year}
      </Cell>
      <Cell label={say('demo.login') + colon}>
        {person.login}, {person.password ?? say('demo.none')}
      </Cell>
      <Cell label={say('demo.joker') + colon}>
        {joker
          ? `${questionText(joker.question as 'pet', language)} → ${joker.answer}`
          : say('demo.no-joker')}
      </Cell>
    </tr>
  )
}

const Demonstration = ({ ui, people }: { ui: Ui; people: readonly DemoPerson[] }) => {
  const { say } = ui
  const columns = ['demo.person', 'demo.number', 'demo.born', 'demo.login', 'demo.joker'] as const
  return (
    <section class="note wide" aria-labelledby="demo">
      <h2 id="demo">{say('demo.title')}</h2>
      <p>
        {say('demo.intro')} <a href={ui.href('demoMails')}>{say('demo.mailbox')}</a>.
      </p>
      <table role="table" aria-labelledby="demo">
        <thead role="rowgroup">
          <tr role="row">
            {columns.map(key => (
              <th role="columnheader" scope="col">
                {say(key)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {people.map(person => (
            <Row ui={ui} person={person} />
          ))}
        </tbody>
      </table>
    </section>
  )
}

/** Three doors; in a demonstration, the people to try with. */
export const homePage = ({ ui, people }: { ui: Ui; people: readonly DemoPerson[] | null }) => {
  const { say, href } = ui
  return (
    <Page ui={ui} title={say('nav.home')} heading={say('home.title')} lead={say('home.lead')}>
      <ul class="doors wide">
        {doors.map(([route, title, detail, opening]) => (
          <li>
            <a href={href(route)}>
              <span class="niche" aria-hidden="true">
                <Door opening={opening} />
              </span>
              <div>
                <h2>{say(title)}</h2>
                <p>{say(detail)}</p>
              </div>
            </a>
          </li>
        ))}
      </ul>
      {people && <Demonstration ui={ui} people={people} />}
    </Page>
  )
}
