import { Phone } from '../ui/helpdesk.tsx'
import type { Ui } from '../ui/ui.ts'

/** Somebody to talk to, beside every page of the help. */
export const Person = ({ ui }: { ui: Ui }) => (
  <aside class="aside stack note" aria-labelledby="personne">
    <h2 id="personne">{ui.say('help.person')}</h2>
    <p class="voice big">
      <Phone ui={ui} />
    </p>
    <p>{ui.branding.helpdesk.hours[ui.language]}</p>
    <p>{ui.say('help.person.card')}</p>
  </aside>
)
