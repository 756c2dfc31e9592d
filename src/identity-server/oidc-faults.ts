import { errors as joseErrors } from 'jose'
import {
  AuthorizationResponseError,
  ClientError,
  ResponseBodyError,
  WWWAuthenticateChallengeError,
} from 'openid-client'
import { NoReply } from '../web/outgoing.ts'
import type { IdentityRefusal } from './identity-server.ts'

/** The provider says that it is not well, rather than that this sign-in is not good. */
const unwell = new Set(['server_error', 'temporarily_unavailable'])

/** An answer that is none: not the status, the type or the form that the protocol asks for. */
const noAnswer = new Set(['OAUTH_RESPONSE_IS_NOT_CONFORM', 'OAUTH_RESPONSE_IS_NOT_JSON', 'OAUTH_PARSE_ERROR'])

const isSilence = (fault: unknown): boolean =>
  fault instanceof NoReply ||
  fault instanceof joseErrors.JWKSTimeout ||
  (fault instanceof Error && fault.cause !== undefined && isSilence(fault.cause))

const refusalIn = (fault: unknown): Exclude<IdentityRefusal, 'identity-weak'> | null => {
  if (isSilence(fault) || fault instanceof WWWAuthenticateChallengeError) return 'identity-unavailable'
  if (fault instanceof AuthorizationResponseError)
    return unwell.has(fault.error) ? 'identity-unavailable' : 'identity-refused'
  // Any other word of the token endpoint is about us (a wrong secret), and nothing that the person could mend.
  if (fault instanceof ResponseBodyError)
    return fault.error === 'invalid_grant' ? 'identity-refused' : 'identity-unavailable'
  if (fault instanceof ClientError)
    return noAnswer.has(fault.code ?? '') ? 'identity-unavailable' : 'identity-refused'
  return fault instanceof joseErrors.JOSEError ? 'identity-refused' : null
}

/** What the log may say of a fault: the provider's own word, or what kept its answer away. */
export const detailOf = (fault: unknown): string => {
  if (fault instanceof WWWAuthenticateChallengeError)
    return 'the provider does not accept signIn.server.clientId with this secret, or this clientAuthentication'
  if (fault instanceof ResponseBodyError) return fault.error
  if (!(fault instanceof Error)) return String(fault)
  return fault.cause instanceof Error ? detailOf(fault.cause) : fault.message
}

/** What a fault of openid-client or jose means for the person. Whatever is not the provider's is a bug, and goes on. */
export const refusalOf = (fault: unknown) => {
  const refusal = refusalIn(fault)
  if (refusal === null) throw fault
  return refusal
}
