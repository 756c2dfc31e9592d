/**
 * The scripts, each in the HTML of the pages that need it and of no other: `general` and `passkey` at the end of a page, the others
 * beside the part of the page that they serve.
 */
export const scriptFiles = {
  general: 'browser.js',
  passkey: 'passkey.js',
  passwordRules: 'live-password-rules.js',
  receipt: 'live-receipt.js',
  passkeyAutofill: 'offer-passkeys.js',
} as const

export type ScriptName = keyof typeof scriptFiles
