import type { BrowserUser } from './browser.ts'

/** Adds a virtual WebAuthn authenticator to the browser, which always verifies its user. */
export const withPasskeys = async ({ context, page }: BrowserUser) => {
  const devtools = await context.newCDPSession(page)
  await devtools.send('WebAuthn.enable')
  await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  })
}
