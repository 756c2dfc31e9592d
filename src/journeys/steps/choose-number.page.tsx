import { type NumberKind, numberKinds } from '../../directory/directory.ts'
import { numberSlugs } from '../../routes.ts'
import { Page } from '../../ui/layout.tsx'
import type { Ui } from '../../ui/ui.ts'
import { Picture } from '../pictures.tsx'
import type { AnyRoad } from './steps.ts'

const holders = {
  'student-number': 'choose.you-student',
  ine: 'choose.you-student',
  'staff-number': 'choose.you-staff',
  uid: 'choose.you-external',
} as const satisfies Record<NumberKind, string>

const Card = ({ ui, road, kind }: { ui: Ui; road: AnyRoad; kind: NumberKind }) => (
  <li>
    <a href={ui.href(road.identify, { kind: numberSlugs[kind] })}>
      <Picture ui={ui} kind={kind} />
      <span class="quiet">{ui.say(holders[kind])}</span>
      <h2>{ui.say(`number.${kind}`)}</h2>
      <span>{ui.say(`number.${kind}.detail`)}</span>
    </a>
  </li>
)

/** Which of the four numbers: four cards, with a drawing of where each is written. */
export const chooseNumberPage = ({ ui, road }: { ui: Ui; road: AnyRoad }) => {
  const { say } = ui
  const lead = say(`choose.${road.journey}.lead`)
  return (
    <Page
      ui={ui}
      title={lead}
      heading={say('choose.title')}
      lead={lead}
      withScript={road.journey === 'activation'}
    >
      <p>{say(`choose.${road.journey}.intro`)}</p>
      <div>
        <p>{say('choose.if')}</p>
        <ul class="dashes">
          <li>{say('choose.student')}</li>
          <li>{say('choose.staff')}</li>
          <li>{say('choose.external')}</li>
        </ul>
      </div>
      <ul class="cards wide">
        {numberKinds.map(kind => (
          <Card ui={ui} road={road} kind={kind} />
        ))}
      </ul>
    </Page>
  )
}
