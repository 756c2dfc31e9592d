import type { Ui } from '../../ui/ui.ts'
import { askPasskeyPage } from './ask-passkey.page.tsx'

type Props = {
  readonly ui: Ui
  readonly options: unknown
  readonly returnTo: string
  readonly refused: boolean
}

/** « Confirmez que c'est vous », answered by the device. */
export const confirmPasskeyPage = ({ ui, returnTo, ...props }: Props) =>
  askPasskeyPage({
    ...props,
    ui,
    returnTo,
    route: 'confirmPasskey',
    heading: ui.say('confirm.title'),
    title: `${ui.say('confirm.title')} (${ui.say('passkey.unnamed')})`,
    lead: ui.say('confirm.passkey'),
    alternative: { href: ui.href('confirm', { page: returnTo }), label: ui.say('confirm.otherwise') },
  })
