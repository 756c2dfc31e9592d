import { Cards } from '../../ui/cards.tsx'
import { Page } from '../../ui/layout.tsx'
import type { Ui } from '../../ui/ui.ts'

/** « Identifiants oubliés »: two cards. */
export const forgottenPage = ({ ui }: { ui: Ui }) => (
  <Page ui={ui} heading={ui.say('forgotten.title')} lead={ui.say('forgotten.lead')}>
    <Cards
      ui={ui}
      cards={[
        ['chooseNumber', 'forgotten.password', 'forgotten.password.detail', 'open'],
        ['identifier', 'forgotten.identifier', 'forgotten.identifier.detail', 'half-open'],
      ]}
    />
    <p>{ui.say('forgotten.both')}</p>
  </Page>
)
