import type { RouteName } from '../../routes.ts'
import type { Ui } from '../../ui/ui.ts'

type Props = {
  readonly ui: Ui
  readonly to: RouteName
  readonly action: 'commencer' | 'retirer'
  readonly label: string
  /** Outlined: a page has one main button. */
  readonly second?: boolean
  readonly which?: { readonly id: string; readonly name: string }
}

/** A form with a single button that posts one action. */
export const Action = ({ ui, to, action, label, second, which }: Props) => (
  <form method="post" action={ui.href(to)}>
    <input type="hidden" name="action" value={action} />
    {which && <input type="hidden" name="laquelle" value={which.id} />}
    <button class={second ? 'button second' : 'button'} type="submit">
      {label}
      {which && <span class="unseen"> {which.name}</span>}
    </button>
  </form>
)
