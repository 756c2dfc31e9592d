import { fillActivationCode } from './activation-code.ts'
import { closing } from './closing.ts'
import { cookieWarning } from './cookies.ts'
import { copy, print } from './copy.ts'
import { correct } from './correct.ts'
import { languageSwitch } from './language.ts'
import { leave } from './leave.ts'
import { retry } from './retry.ts'
import { returnToForm } from './return.ts'
import { reveal } from './reveal.ts'

/** The script of every page with a form. It only adds comfort: every page works without it. */
reveal()
fillActivationCode()
retry()
closing()
copy()
print()
returnToForm()
leave()
correct()
languageSwitch()
cookieWarning()

/** Prevents a second submission while the first is under way; the server writes only once in any case. */
for (const form of document.forms)
  form.addEventListener('submit', event => {
    if (form.dataset.sent) event.preventDefault()
    form.dataset.sent = 'yes'
  })
addEventListener('pageshow', () => {
  for (const form of document.forms) delete form.dataset.sent
})
