import { inLanguage } from '../../texts/translated.ts'
import { Icon } from '../../ui/icons.tsx'
import type { Ui } from '../../ui/ui.ts'
import type { DeliveryStatus } from '../deliveries/delivery.ts'
import type { ServiceSettings } from '../settings.ts'

type Line = { readonly service: ServiceSettings; readonly status: DeliveryStatus | null }

/** The services in the order of the configuration, each with its status; null: no status is known, and none is shown. */
export const linesOf = (
  services: readonly ServiceSettings[],
  statuses: readonly DeliveryStatus[],
): readonly Line[] =>
  services.map(service => ({
    service,
    status: statuses.find(status => status.service === service.id) ?? null,
  }))

export const isPending = ({ status }: Line) => status?.state === 'waiting' || status?.state === 'written'

const stateLabels = {
  waiting: ['wait', 'receipt.pending'],
  written: ['wait', 'receipt.pending'],
  proved: ['good', 'receipt.proved'],
  failed: ['bad', 'receipt.failed'],
  dropped: ['wait', 'receipt.dropped'],
  superseded: ['wait', 'receipt.superseded'],
} as const

/**
 * The status as a word, an icon and a colour, so that it does not depend on the colour (WCAG 1.4.1). The time shown is that of
 * the successful login.
 */
function StatusLabel({ ui, status }: { ui: Ui; status: DeliveryStatus }) {
  const [tone, key] = stateLabels[status.state]
  return (
    <span class={`state ${tone}`}>
      <Icon shape={tone} />
      <span>{ui.say(key, { time: ui.time(status.provedAt ?? 0) })}</span>
    </span>
  )
}

export const ServiceLines = ({ ui, lines }: { ui: Ui; lines: readonly Line[] }) => (
  <ul class="lines">
    {lines.map(({ service, status }) => (
      <li>
        <span>
          <b>
            {inLanguage(service.name, ui.language)}{' '}
            {ui.demonstration && <span class="tag">{ui.say('receipt.pretend')}</span>}
          </b>{' '}
          <span class="quiet">{inLanguage(service.use, ui.language)}</span>
          {service.help && <span class="quiet">{inLanguage(service.help, ui.language)}</span>}
          {service.helpUrl && <a href={service.helpUrl}>{ui.say('receipt.help')}</a>}
        </span>
        {status && <StatusLabel ui={ui} status={status} />}
      </li>
    ))}
  </ul>
)
