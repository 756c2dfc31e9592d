import { type NumberKind, numberKinds } from '../../directory/directory.ts'
import { numberSlugs } from '../../routes.ts'
import { Page } from '../../ui/layout.tsx'
import { noBreakText } from '../../ui/no-break-text.tsx'
import type { Ui } from '../../ui/ui.ts'
import { Picture } from '../pictures.part.tsx'
import type { JourneyOutline } from './steps.ts'

const holders = {
  'student-number': 'choose.you-student',
  ine: 'choose.you-student',
  'staff-number': 'choose.you-staff',
  uid: 'choose.you-external',
} as const satisfies Record<NumberKind, string>

const Card = ({ ui, definition, kind }: { ui: Ui; definition: JourneyOutline; kind: NumberKind }) => (
  <li>
    <Picture kind={kind} />
    <h2>
      <a href={ui.href(definition.identify, { kind: numberSlugs[kind] })}>{ui.say(`number.${kind}`)}</a>
    </h2>
    <p class="quiet">{ui.say(holders[kind])}</p>
    <p>{ui.say(`number.${kind}.detail`)}</p>
  </li>
)

/** Asks which of the four numbers the person has: four cards, each with a drawing of where it is printed; the prose after them. */
export const chooseNumberPage = ({ ui, definition }: { ui: Ui; definition: JourneyOutline }) => {
  const { say } = ui
  const { journey } = definition
  const lead = say(`choose.${journey}.lead`)
  return (
    <Page ui={ui} heading={say('choose.title')} lead={lead} withScript={journey === 'activation'}>
      <ul class="cards wide">
        {numberKinds.map(kind => (
          <Card ui={ui} definition={definition} kind={kind} />
        ))}
      </ul>
      {/* « Ci-dessous » are those of the list, which names all four. */}
      <p>{noBreakText(say(`choose.${journey}.intro`))}</p>
      <div>
        <p>{say('choose.if')}</p>
        <ul class="dashes">
          <li>{say('choose.student')}</li>
          <li>{say('choose.staff')}</li>
          <li>{say('choose.external')}</li>
        </ul>
      </div>
    </Page>
  )
}
