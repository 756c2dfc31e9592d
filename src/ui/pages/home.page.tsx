import { numberKinds } from '../../directory/directory.ts'
import type { DemoPerson } from '../../directory/embedded/demo-people.ts'
import { questionText } from '../../proofs/joker/questions.ts'
import type { Opening } from '../doors.tsx'
import { Door } from '../doors.tsx'
import { Page } from '../layout.tsx'
import { Table } from '../table.tsx'
import type { Ui } from '../ui.ts'

const two = (n: number) => String(n).padStart(2, '0')

const doors = [
  ['forgotten', 'home.forgotten', 'home.forgotten.detail', 'shut'],
  ['activation', 'nav.activation', 'home.activation.detail', 'ajar'],
  ['account', 'nav.account', 'home.account.detail', 'open'],
] as const satisfies readonly (readonly [string, string, string, Opening])[]

const rowOf = (ui: Ui, person: DemoPerson) => {
  const { say, language } = ui
  const { born, joker, numbers } = person
  const about = [
    say(`demo.${person.population}`),
    person.helpdesk && say('demo.helpdesk'),
    !person.password && say('demo.inactive'),
  ]
  const borne = numberKinds.flatMap(kind =>
    numbers[kind] ? [`${say(`number.${kind}`)} ${numbers[kind]}`] : [],
  )
  return {
    name: `${person.firstName} ${person.familyName}, ${about.filter(Boolean).join(', ')}`,
    cells: [
      borne.join(', '),
      `${two(born.day)}/${two(born.month)}/${born.year}`,
      `${person.login}, ${person.password ?? say('demo.none')}`,
      joker ? `${questionText(joker.question as 'pet', language)} → ${joker.answer}` : say('demo.no-joker'),
    ],
  }
}

const Demonstration = ({ ui, people }: { ui: Ui; people: readonly DemoPerson[] }) => {
  const { say } = ui
  return (
    <section class="note wide" aria-labelledby="demo">
      <h2 id="demo">{say('demo.title')}</h2>
      <p>
        {say('demo.intro')} <a href={ui.href('demoMails')}>{say('demo.mailbox')}</a>.
      </p>
      <Table
        ui={ui}
        label={say('demo.title')}
        columns={[
          say('demo.person'),
          say('demo.number'),
          say('demo.born'),
          say('demo.login'),
          say('demo.joker'),
        ]}
        rows={people.map(person => rowOf(ui, person))}
      />
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
