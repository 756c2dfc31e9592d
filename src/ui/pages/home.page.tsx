import type { ComponentChildren } from 'preact'
import { Cards } from '../cards.tsx'
import { Page } from '../layout.tsx'
import type { Ui } from '../ui.ts'

/** The three entries of the portal; `below`: content that a demonstration adds. */
export const homePage = ({ ui, below }: { ui: Ui; below?: ComponentChildren }) => (
  <Page ui={ui} heading={ui.say('home.title')} lead={ui.say('home.lead')}>
    <Cards
      ui={ui}
      cards={[
        ['forgotten', 'home.forgotten', 'home.forgotten.detail', 'shut'],
        ['activation', 'nav.activation', 'home.activation.detail', 'half-open'],
        ['account', 'nav.account', 'home.account.detail', 'open'],
      ]}
    />
    {below}
  </Page>
)
