import type { Ui } from '../../ui/ui.ts'
import { askPasskeyPage } from './ask-passkey.page.tsx'

type Props = {
  readonly ui: Ui
  readonly options: unknown
  readonly returnTo: string
  readonly refused: boolean
}

/** « Confirmez que c'est vous », answered by the device. */
export const confirmPasskeyPage = ({ ui, returnTo, ...asked }: Props) =>
  askPasskeyPage({
    ...{ ui, returnTo, ...asked, route: 'confirmPasskey' },
    heading: ui.say('confirm.title'),
    lead: ui.say('confirm.passkey'),
    otherwise: { href: ui.href('confirm', { page: returnTo }), words: ui.say('confirm.otherwise') },
  })
