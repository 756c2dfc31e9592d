import type { ComponentChildren } from 'preact'
import { useContext } from 'preact/hooks'
import type { CurrentPage } from '../ui/current-page.ts'
import { DoneBanner, DoneContext } from '../ui/done-banner.tsx'
import { Page } from '../ui/layout.tsx'
import { OpenUntil, SessionTimeContext } from '../ui/open-until.tsx'
import { type FormError, Summary } from '../ui/summary.tsx'
import type { Ui } from '../ui/ui.ts'

type Props = {
  readonly ui: Ui
  readonly currentPage: CurrentPage
  readonly heading: string
  readonly title?: string
  readonly lead?: ComponentChildren
  readonly progress?: ComponentChildren
  readonly errors?: readonly FormError[]
  /** Shown below the list of errors. */
  readonly note?: string
  readonly withPasskey?: boolean
  readonly children: ComponentChildren
}

/** A page of the account: the button that signs out is in the header of each, the link back beside its content or after it. */
export const AccountPage = (props: Props) => {
  const { ui, currentPage, errors = [], note, children, ...page } = props
  const open = useContext(SessionTimeContext)
  const change = useContext(DoneContext)
  const done = errors.length === 0 ? change : null
  return (
    <Page
      ui={ui}
      currentPage={currentPage}
      hasErrors={errors.length > 0}
      signedIn
      {...page}
      {...(done && { title: `${ui.say(done)} – ${page.title ?? page.heading}` })}
      withScript={!page.withPasskey}
    >
      {done && <DoneBanner ui={ui} done={done} />}
      <Summary ui={ui} errors={errors} note={note} />
      {children}
      <div class="beside stack">
        {currentPage.route !== 'account' && (
          <p>
            <a class="go" href={ui.href('account')}>
              {ui.say('account.back')}
            </a>
          </p>
        )}
        {open && <OpenUntil ui={ui} sentence="session.open-until" open={open} />}
      </div>
    </Page>
  )
}
