import type { Href } from '../../routes.ts'
import { Script } from '../../ui/script.tsx'
import type { Ui } from '../../ui/ui.ts'
import type { ServiceSettings } from '../settings.ts'
import { isPending, linesOf, ServiceLines } from './lines.part.tsx'
import type { Receipt } from './receipt.ts'

/**
 * The text below the lines. It says what « prouvé » means, or what to do while a delivery is pending or after a delivery has
 * failed.
 */
const explanationOf = (receipt: Receipt, pending: boolean) => {
  if (receipt.statuses.some(({ state }) => state === 'failed')) return 'receipt.explain-failed'
  return pending ? 'receipt.explain-pending' : 'receipt.explain'
}

/**
 * The receipt of a change. While deliveries are pending, it refreshes itself (`browser/receipt.ts`); without scripts, by a
 * link.
 */
export function ReceiptPart(props: {
  readonly ui: Ui
  readonly receipt: Receipt
  readonly services: readonly ServiceSettings[]
  readonly again: ReturnType<Href>
}) {
  const { ui, receipt, again } = props
  const lines = linesOf(props.services, receipt.statuses)
  const pending = lines.some(isPending)
  return (
    <div class="stack" id="suivi" data-pending={pending ? 'oui' : undefined}>
      <section class="receipt" aria-labelledby="recu">
        <h2 id="recu">{ui.say('done.remember')}</h2>
        <ServiceLines ui={ui} lines={lines} />
        <p class="quiet" role="status">
          {ui.dateTime(receipt.writtenAt)}. {ui.say(explanationOf(receipt, pending))}
        </p>
      </section>
      {pending && (
        <p class="unprinted" data-again>
          <a class="button second" href={again}>
            {ui.say('receipt.refresh')}
          </a>
        </p>
      )}
      {pending && <Script ui={ui} name="receipt" />}
    </div>
  )
}
