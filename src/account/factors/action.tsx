import type { RouteName } from '../../routes.ts'
import type { Ui } from '../../ui/ui.ts'

type Props = {
  readonly ui: Ui
  readonly to: RouteName
  readonly action: 'commencer' | 'retirer'
  readonly label: string
  /** One main button a page: the others are outlined. */
  readonly second?: boolean
  readonly which?: { readonly id: string; readonly name: string }
}

/** A button that does one thing. */
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
