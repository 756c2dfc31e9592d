import { Icon } from '../../ui/icons.tsx'
import type { Ui } from '../../ui/ui.ts'
import type { Standing } from '../deliveries/delivery.ts'
import type { ServiceSettings } from '../settings.ts'

type Line = { readonly service: ServiceSettings; readonly standing: Standing | null }

/** Services in the order of the configuration, each with where it stands; null: nothing is known, nothing is said. */
export const linesOf = (
  services: readonly ServiceSettings[],
  standings: readonly Standing[],
): readonly Line[] =>
  services.map(service => ({
    service,
    standing: standings.find(standing => standing.service === service.id) ?? null,
  }))

export const isPending = ({ standing }: Line) =>
  standing?.state === 'waiting' || standing?.state === 'written'

const shown = {
  waiting: ['wait', 'receipt.pending'],
  written: ['wait', 'receipt.pending'],
  proved: ['good', 'receipt.proved'],
  failed: ['bad', 'receipt.failed'],
  dropped: ['wait', 'receipt.dropped'],
  superseded: ['wait', 'receipt.superseded'],
} as const

/** A word, a shape, then a colour. The hour of the proof is the second at which the login succeeded. */
const State = ({ ui, standing }: { ui: Ui; standing: Standing }) => {
  const [tone, key] = shown[standing.state]
  return (
    <span class={`state ${tone}`}>
      <Icon shape={tone} />
      <span>{ui.say(key, { time: ui.time(standing.provedAt ?? 0) })}</span>
    </span>
  )
}

export const ServiceLines = ({ ui, lines }: { ui: Ui; lines: readonly Line[] }) => (
  <ul class="lines">
    {lines.map(({ service, standing }) => (
      <li>
        <span>
          <b>
            {service.name[ui.language]}{' '}
            {ui.demonstration && <span class="tag">{ui.say('receipt.pretend')}</span>}
          </b>{' '}
          <span class="quiet">{service.use[ui.language]}</span>
          {service.help && <span class="quiet">{service.help[ui.language]}</span>}
          {service.helpUrl && <a href={service.helpUrl}>{ui.say('receipt.help')}</a>}
        </span>
        {standing && <State ui={ui} standing={standing} />}
      </li>
    ))}
  </ul>
)
