import type { ComponentChildren } from 'preact'
import type { CurrentPage } from './current-page.ts'
import { CallHelpdesk, HelpdeskAside } from './helpdesk.tsx'
import { Page } from './layout.tsx'
import { DoorDrawing } from './step-indicator.tsx'
import type { Ui } from './ui.ts'

type Props = {
  readonly ui: Ui
  /** What is closed, and until when. */
  readonly heading: string
  readonly why: string
  readonly currentPage?: CurrentPage
  readonly progress?: ComponentChildren
  readonly secret?: boolean
  readonly withScript?: boolean
  readonly signedIn?: boolean
  /** The one thing to do. Without it, it is to call the helpdesk; with it, the telephone stands beside. */
  readonly children?: ComponentChildren
  /** Another way on, beside or below. */
  readonly aside?: ComponentChildren
}

/** A page that nothing typed can pass: no form, no list of errors, no « Erreur » in its title. */
export const StopPage = ({ ui, why, children, aside, ...page }: Props) => (
  <Page ui={ui} progress={<DoorDrawing state="shut" />} {...page}>
    <p>{why}</p>
    {children ?? <CallHelpdesk ui={ui} />}
    {children && !aside ? <HelpdeskAside ui={ui} /> : aside}
  </Page>
)
