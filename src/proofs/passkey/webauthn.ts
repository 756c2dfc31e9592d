import type { AuthenticationResponse, RegistrationResponse } from './answer.ts'
import type { RelyingParty } from './relying-party.ts'

/** Read when the first passkey is asked for: most starts of the portal never need it. */
const library = () => import('@simplewebauthn/server')

const bytes = (text: string) => new Uint8Array(Buffer.from(text, 'base64url'))
const text = (value: Uint8Array) => Buffer.from(value).toString('base64url')

export type CredentialDescriptor = { readonly id: string; readonly transports: readonly string[] }
const listed = (keys: readonly CredentialDescriptor[]) =>
  keys.map(({ id, transports }) => ({ id, transports: [...transports] }))

/** What a verified enrolment leaves to keep. */
export type StoredCredential = CredentialDescriptor & { readonly publicKey: string; readonly counter: number }

/** Discoverable, so that signing in needs no login; verified by finger, face or PIN, so that it can do alone. */
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
    excludeCredentials: listed(asked.known),
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
  })

/** With no list of keys, the browser offers every passkey that it has for this host. */
export const buildProofOptions = async (
  relyingParty: RelyingParty,
  asked: { challenge: string; allowed: readonly CredentialDescriptor[] },
) =>
  (await library()).generateAuthenticationOptions({
    rpID: relyingParty.id,
    challenge: bytes(asked.challenge),
    userVerification: 'required',
    ...(asked.allowed.length > 0 && { allowCredentials: listed(asked.allowed) }),
  })

const expected = (relyingParty: RelyingParty, challenge: string) => ({
  expectedChallenge: challenge,
  expectedOrigin: [...relyingParty.origins],
  expectedRPID: relyingParty.id,
  requireUserVerification: true,
})

/** The library throws on every answer that does not hold: here that is an expected outcome, `null`. */
const orNull = async <T>(verified: Promise<T>): Promise<T | null> => {
  try {
    return await verified
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
  const told = await orNull(verifyRegistrationResponse({ response, ...expected(relyingParty, challenge) }))
  if (!told?.verified) return null
  const { id, publicKey, counter } = told.registrationInfo.credential
  return { id, publicKey: text(publicKey), counter, transports: response.response.transports }
}

/** The new counter, or `null` when the signature, the host, the verification or the counter does not hold. */
export const verifyProof = async (
  relyingParty: RelyingParty,
  challenge: string,
  answer: AuthenticationResponse,
  key: StoredCredential,
): Promise<number | null> => {
  const { verifyAuthenticationResponse } = await library()
  const { userHandle, ...signed } = answer.response
  const told = await orNull(
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
  return told?.verified ? told.authenticationInfo.newCounter : null
}
