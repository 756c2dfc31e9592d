import type { SecondFactorDescriptor } from '../../proofs/proof-registry.ts'
import type { Ui } from '../../ui/ui.ts'

/** Says that the first factor has voided the sheet of codes printed before it, with a link to print a new one. */
export const VoidedNote = ({ ui, voided }: { ui: Ui; voided: readonly SecondFactorDescriptor[] }) =>
  voided.map(({ factor, overview }) =>
    factor.asked ? null : (
      <>
        <p class="note">{ui.say(factor.voided.note)}</p>
        <p>
          <a class="go" href={ui.href(overview.page)}>
            {ui.say(factor.voided.again)}
          </a>
        </p>
      </>
    ),
  )
