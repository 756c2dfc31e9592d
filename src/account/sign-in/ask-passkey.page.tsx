import { Ceremony } from '../../proofs/passkey/ceremony.part.tsx'
import type { RouteName } from '../../routes.ts'
import { HelpdeskLine } from '../../ui/helpdesk.tsx'
import { Page } from '../../ui/layout.tsx'
import { DoorDrawing } from '../../ui/step-indicator.tsx'
import { Summary } from '../../ui/summary.tsx'
import type { Ui } from '../../ui/ui.ts'

type Props = {
  readonly ui: Ui
  readonly route: Extract<RouteName, 'signInPasskey' | 'confirmPasskey'>
  readonly returnTo: string
  readonly heading: string
  /** The document title, where it is not the heading. */
  readonly title?: string
  readonly lead: string
  readonly options: unknown
  readonly refused: boolean
  /** The link for a person who has no passkey at hand. */
  readonly alternative: { readonly href: string; readonly label: string }
}

/** Asks the device for a passkey, with a link to the other method. */
export const askPasskeyPage = (props: Props) => {
  const { ui, route, heading, title, lead, options, refused, alternative } = props
  const params = { page: props.returnTo }
  return (
    <Page
      ui={ui}
      heading={heading}
      {...(title && { title })}
      lead={lead}
      currentPage={{ route, params }}
      progress={<DoorDrawing state="half-open" />}
      hasErrors={refused}
      withPasskey
    >
      <Summary ui={ui} errors={refused ? [{ field: null, sentence: ui.say('passkey-refused') }] : []} />
      <Ceremony
        ui={ui}
        what="prove"
        options={options}
        action={ui.href(route, params)}
        button={ui.say('passkey.use')}
        instead={
          <aside class="aside stack">
            <p>
              <a class="go" href={alternative.href}>
                {alternative.label}
              </a>
            </p>
            <HelpdeskLine ui={ui} />
          </aside>
        }
      />
    </Page>
  )
}
