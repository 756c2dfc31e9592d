import type { ComponentChildren } from 'preact'
import { Cards } from '../cards.tsx'
import { Page } from '../layout.tsx'
import type { Ui } from '../ui.ts'

/** The three entries of the portal: the open, lit door is that of the person who is locked out. `below`: content that a demonstration adds. */
export const homePage = ({ ui, below }: { ui: Ui; below?: ComponentChildren }) => (
  <Page ui={ui} heading={ui.say('home.title')} lead={ui.say('home.lead')}>
    <Cards
      ui={ui}
      cards={[
        ['forgotten', 'home.forgotten', 'home.forgotten.detail', 'open'],
        ['activation', 'nav.activation', 'home.activation.detail', 'half-open'],
        ['account', 'nav.account', 'home.account.detail', 'shut'],
      ]}
    />
    {below}
  </Page>
)
