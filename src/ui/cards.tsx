import type { RouteName } from '../routes.ts'
import type { TextKey } from '../texts/texts.ts'
import { DoorDrawing, type DoorState } from './step-indicator.tsx'
import type { Ui } from './ui.ts'

type Card = readonly [route: RouteName, title: TextKey, detail: TextKey, drawing: DoorState]

/** A card for each way on, named by its title, whose link covers the card; its door is a drawing only. */
export const Cards = ({ ui, cards }: { ui: Ui; cards: readonly Card[] }) => (
  <ul class="doors wide">
    {cards.map(([route, title, detail, drawing]) => (
      <li>
        <span class="door-frame" aria-hidden="true">
          <DoorDrawing state={drawing} />
        </span>
        <div>
          <h2>
            <a href={ui.href(route)}>{ui.say(title)}</a>
          </h2>
          <p>{ui.say(detail)}</p>
        </div>
      </li>
    ))}
  </ul>
)
