import { inLanguage } from '../texts/translated.ts'
import { Phone } from '../ui/helpdesk.tsx'
import type { Ui } from '../ui/ui.ts'

/** How to reach the helpdesk, on every page of the help. */
export const HelpdeskCard = ({ ui }: { ui: Ui }) => (
  <aside class="aside stack note" aria-labelledby="personne">
    <h2 id="personne">{ui.say('help.person')}</h2>
    <p class="voice big">
      <Phone ui={ui} />
    </p>
    <p>{inLanguage(ui.branding.helpdesk.hours, ui.language)}</p>
    <p>{ui.say('help.person.card')}</p>
  </aside>
)
