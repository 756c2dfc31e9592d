import { numberKinds } from '../directory/directory.ts'
import { questionText } from '../proofs/joker/questions.ts'
import { Table } from '../ui/table.tsx'
import type { Ui } from '../ui/ui.ts'
import type { DemoPerson } from './people.ts'

const two = (n: number) => String(n).padStart(2, '0')

const proofOf = ({ say }: Ui, { joker, activationCode }: DemoPerson) => {
  if (joker) return `${questionText(say, joker.question)} → ${joker.answer}`
  return activationCode ? say('demo.activation-code', { code: activationCode }) : say('demo.no-joker')
}

const rowOf = (ui: Ui, person: DemoPerson) => {
  const { say } = ui
  const { born, numbers } = person
  const about = [
    say(person.called ?? `demo.${person.population}`),
    person.helpdesk && say('demo.helpdesk'),
    !person.password && say('demo.inactive'),
  ]
  const own = numberKinds.flatMap(kind =>
    numbers[kind] ? [`${say(`number.${kind}`)} ${numbers[kind]}`] : [],
  )
  return {
    name: `${person.firstName} ${person.familyName}, ${about.filter(Boolean).join(', ')}`,
    cells: [
      own.join(', '),
      `${two(born.day)}/${two(born.month)}/${born.year}`,
      `${person.login}, ${person.password ?? say('demo.none')}`,
      proofOf(ui, person),
    ],
  }
}

/** The invented people and their data for trying the portal, on the home page of the demonstration only. */
export const PeopleTable = ({ ui, people }: { ui: Ui; people: readonly DemoPerson[] }) => {
  const { say } = ui
  const columns = ['demo.person', 'demo.number', 'demo.born', 'demo.login', 'demo.joker'] as const
  const [first, ...others] = columns.map(key => say(key))
  return (
    <section class="note wide" aria-labelledby="demo">
      <h2 id="demo">{say('demo.title')}</h2>
      <p>
        {say('demo.intro')} <a href={ui.href('demoMails')}>{say('demo.mailbox')}</a>.
      </p>
      <Table
        ui={ui}
        label={say('demo.title')}
        columns={[first ?? '', ...others]}
        rows={people.map(person => rowOf(ui, person))}
      />
    </section>
  )
}
