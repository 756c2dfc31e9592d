import type { Ui } from '../../ui/ui.ts'

/** Step 1 of the guide, wherever somebody is asked for a password. */
export const Forgotten = ({ ui }: { readonly ui: Ui }) => (
  <p>
    <a class="go" href={ui.href('forgotten')}>
      {ui.say('sign-in.forgotten')}
    </a>
  </p>
)

/** For whoever has no password yet. */
export const FirstTime = ({ ui }: { readonly ui: Ui }) => (
  <aside class="aside stack">
    <h2>{ui.say('sign-in.new')}</h2>
    <p>
      <a class="go" href={ui.href('activation')}>
        {ui.say('nav.activation')}
      </a>
    </p>
  </aside>
)
