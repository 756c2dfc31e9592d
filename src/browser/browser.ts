import { activationCode } from './activation-code.ts'
import { liveRules } from './password-rules.ts'
import { liveReceipt } from './receipt.ts'
import { retry } from './retry.ts'
import { reveal } from './reveal.ts'

/** The whole script of the portal: extras of pages that do all they must without it. */
reveal()
activationCode()
liveRules()
liveReceipt()
retry()

/** A second press while the first is on its way would only wait: the server writes once in any case. */
for (const form of document.forms)
  form.addEventListener('submit', event => {
    if (form.dataset.sent) event.preventDefault()
    form.dataset.sent = 'yes'
  })
addEventListener('pageshow', () => {
  for (const form of document.forms) delete form.dataset.sent
})
