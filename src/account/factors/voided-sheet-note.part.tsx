import type { Ui } from '../../ui/ui.ts'

/** Says that the first factor has voided the sheet of codes printed before it, with a link to print a new one. */
export const VoidedSheetNote = ({ ui }: { ui: Ui }) => (
  <>
    <p class="note">{ui.say('codes.voided')}</p>
    <p>
      <a class="go" href={ui.href('recoveryCodes')}>
        {ui.say('codes.again')}
      </a>
    </p>
  </>
)
