import type { Ui } from '../../ui/ui.ts'

/** With the first factor the sheet printed before it went out of service: said at once, with what to do. */
export const SheetVoided = ({ ui }: { ui: Ui }) => (
  <>
    <p class="note">{ui.say('codes.voided')}</p>
    <p>
      <a class="go" href={ui.href('recoveryCodes')}>
        {ui.say('codes.again')}
      </a>
    </p>
  </>
)
