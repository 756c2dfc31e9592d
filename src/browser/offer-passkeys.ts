import { passkeyAutofill } from './passkey-autofill.ts'

void passkeyAutofill()
