import type { BrowserUser } from './browser.ts'

/** A phone or a key that always recognises its owner, in the browser itself (WebAuthn, virtual authenticators). */
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
