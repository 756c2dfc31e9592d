import type { Ui } from '../../ui/ui.ts'

/** Step 1 of the guide, on every page that asks for a password. */
export const ForgottenPasswordLink = ({ ui }: { readonly ui: Ui }) => (
  <p>
    <a class="go" href={ui.href('forgotten')}>
      {ui.say('sign-in.forgotten')}
    </a>
  </p>
)

/** Links to the activation, for a person who has no password yet. */
export const ActivationAside = ({ ui }: { readonly ui: Ui }) => (
  <aside class="aside stack">
    <h2>{ui.say('sign-in.new')}</h2>
    <p>
      <a class="go" href={ui.href('activation')}>
        {ui.say('nav.activation')}
      </a>
    </p>
  </aside>
)
