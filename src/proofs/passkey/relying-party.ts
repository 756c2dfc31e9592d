/** The relying party of a passkey. The browser signs only for this host, whichever page asks (WebAuthn §5.1.4). */
export type RelyingParty = { readonly id: string; readonly origins: readonly string[]; readonly name: string }

const loopback = ['localhost', '127.0.0.1', '[::1]']

/**
 * From the public URL alone, never from the `Host` header. A loopback address becomes `localhost`, because passkeys
 * need a host name.
 */
export const relyingPartyOf = (publicUrl: URL, name: string): RelyingParty => {
  if (!loopback.includes(publicUrl.hostname))
    return { id: publicUrl.hostname, origins: [publicUrl.origin], name }
  const port = publicUrl.port ? `:${publicUrl.port}` : ''
  return { id: 'localhost', origins: [`${publicUrl.protocol}//localhost${port}`], name }
}
