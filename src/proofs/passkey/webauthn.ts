import type { AuthenticationResponse, RegistrationResponse } from './answer.ts'
import type { RelyingParty } from './relying-party.ts'

/** Loaded when a passkey is first used, because most processes never need it. */
const library = () => import('@simplewebauthn/server')

const bytes = (encoded: string) => new Uint8Array(Buffer.from(encoded, 'base64url'))
const text = (value: Uint8Array) => Buffer.from(value).toString('base64url')

export type CredentialDescriptor = { readonly id: string; readonly transports: readonly string[] }
const descriptorsOf = (keys: readonly CredentialDescriptor[]) =>
  keys.map(({ id, transports }) => ({ id, transports: [...transports] }))

/** The credential to store after a verified enrolment. */
export type StoredCredential = CredentialDescriptor & { readonly publicKey: string; readonly counter: number }

/**
 * Options for a discoverable credential, which signs in without a login, with user verification, so that it is two
 * factors in one.
 */
export const buildEnrolmentOptions = async (
  relyingParty: RelyingParty,
  asked: {
    challenge: string
    user: string
    login: string
    displayName: string
    known: readonly CredentialDescriptor[]
  },
) =>
  (await library()).generateRegistrationOptions({
    rpID: relyingParty.id,
    rpName: relyingParty.name,
    userID: bytes(asked.user),
    userName: asked.login,
    userDisplayName: asked.displayName,
    challenge: bytes(asked.challenge),
    attestationType: 'none',
    excludeCredentials: descriptorsOf(asked.known),
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
  })

/** Without a list of credentials, the browser offers every passkey that it has for this host. */
export const buildProofOptions = async (
  relyingParty: RelyingParty,
  asked: { challenge: string; allowed: readonly CredentialDescriptor[] },
) =>
  (await library()).generateAuthenticationOptions({
    rpID: relyingParty.id,
    challenge: bytes(asked.challenge),
    userVerification: 'required',
    ...(asked.allowed.length > 0 && { allowCredentials: descriptorsOf(asked.allowed) }),
  })

const expected = (relyingParty: RelyingParty, challenge: string) => ({
  expectedChallenge: challenge,
  expectedOrigin: [...relyingParty.origins],
  expectedRPID: relyingParty.id,
  requireUserVerification: true,
})

/** The library throws on every invalid response. Here this is an expected outcome, `null`. */
const orNull = async <T>(verification: Promise<T>): Promise<T | null> => {
  try {
    return await verification
  } catch {
    return null
  }
}

export const verifyEnrolment = async (
  relyingParty: RelyingParty,
  challenge: string,
  answer: RegistrationResponse,
): Promise<StoredCredential | null> => {
  const { verifyRegistrationResponse } = await library()
  const response = {
    ...answer,
    response: { ...answer.response, transports: answer.response.transports ?? [] },
  }
  const verified = await orNull(
    verifyRegistrationResponse({ response, ...expected(relyingParty, challenge) }),
  )
  if (!verified?.verified) return null
  const { id, publicKey, counter } = verified.registrationInfo.credential
  return { id, publicKey: text(publicKey), counter, transports: response.response.transports }
}

/** The new counter, or `null` when the signature, the host, the user verification or the counter is wrong. */
export const verifyProof = async (
  relyingParty: RelyingParty,
  challenge: string,
  answer: AuthenticationResponse,
  key: StoredCredential,
): Promise<number | null> => {
  const { verifyAuthenticationResponse } = await library()
  const { userHandle, ...signed } = answer.response
  const verified = await orNull(
    verifyAuthenticationResponse({
      response: { ...answer, response: { ...signed, ...(userHandle && { userHandle }) } },
      ...expected(relyingParty, challenge),
      credential: {
        id: key.id,
        publicKey: bytes(key.publicKey),
        counter: key.counter,
        transports: [...key.transports],
      },
    }),
  )
  return verified?.verified ? verified.authenticationInfo.newCounter : null
}
