import { Page } from '../../ui/layout.tsx'
import { DoorDrawing } from '../../ui/step-indicator.tsx'
import type { Ui } from '../../ui/ui.ts'

const SignOut = ({ ui }: { ui: Ui }) => (
  <form method="post" action={ui.href('signOut')}>
    <button class="button second" type="submit">
      {ui.say('sign-out.do')}
    </button>
  </form>
)

/** The institution's server, where the person may still be signed in; `to`: its sign-out URL, if it has one. */
type ServerSignOut = { readonly host: string; readonly to: URL | null }

const ServerSession = ({ ui, server: { host, to } }: { ui: Ui; server: ServerSignOut }) => (
  <>
    <p>{ui.say('sign-out.there', { host })}</p>
    {to && (
      <p>
        <a class="button" href={to.href}>
          {ui.say('sign-out.there.do', { host })}
        </a>
      </p>
    )}
  </>
)

type Props = { readonly ui: Ui; readonly signedIn: boolean; readonly server: ServerSignOut | null }

export const signOutPage = ({ ui, signedIn, server }: Props) => {
  const { say } = ui
  const heading = say(signedIn ? 'sign-out.ask' : 'sign-out.done')
  return (
    <Page
      ui={ui}
      heading={heading}
      currentPage={{ route: 'signOut' }}
      progress={<DoorDrawing state={signedIn ? 'open' : 'shut'} />}
    >
      {signedIn && <SignOut ui={ui} />}
      {!signedIn && server && <ServerSession ui={ui} server={server} />}
      <p>
        <a class="go" href={ui.href(signedIn ? 'account' : 'signIn')}>
          {say(signedIn ? 'account.back' : 'sign-out.again')}
        </a>
      </p>
      <aside class="aside">
        <p>{say('sign-out.done.detail')}</p>
      </aside>
    </Page>
  )
}
