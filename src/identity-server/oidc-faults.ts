import { errors as joseErrors } from 'jose'
import {
  AuthorizationResponseError,
  ClientError,
  ResponseBodyError,
  WWWAuthenticateChallengeError,
} from 'openid-client'
import { NoReply } from '../http-client/http-client.ts'
import type { IdentityRefusal } from './identity-server.ts'

/** Errors of the provider itself rather than of this sign-in (RFC 6749 §4.1.2.1). */
const serverErrors = new Set(['server_error', 'temporarily_unavailable'])

/** Error codes of a response without the status, type or form that the protocol requires. */
const malformedResponses = new Set([
  'OAUTH_RESPONSE_IS_NOT_CONFORM',
  'OAUTH_RESPONSE_IS_NOT_JSON',
  'OAUTH_PARSE_ERROR',
])

const isNoReply = (fault: unknown): boolean =>
  fault instanceof NoReply ||
  fault instanceof joseErrors.JWKSTimeout ||
  (fault instanceof Error && fault.cause !== undefined && isNoReply(fault.cause))

const refusalIn = (fault: unknown): Exclude<IdentityRefusal, 'identity-weak'> | null => {
  if (isNoReply(fault) || fault instanceof WWWAuthenticateChallengeError) return 'identity-unavailable'
  if (fault instanceof AuthorizationResponseError)
    return serverErrors.has(fault.error) ? 'identity-unavailable' : 'identity-refused'
  // Any other error of the token endpoint concerns the portal (a wrong secret), and the person cannot correct it.
  if (fault instanceof ResponseBodyError)
    return fault.error === 'invalid_grant' ? 'identity-refused' : 'identity-unavailable'
  if (fault instanceof ClientError)
    return malformedResponses.has(fault.code ?? '') ? 'identity-unavailable' : 'identity-refused'
  return fault instanceof joseErrors.JOSEError ? 'identity-refused' : null
}

/** The detail for the log: the provider's error code, or why there was no response. */
export const detailOf = (fault: unknown): string => {
  if (fault instanceof WWWAuthenticateChallengeError)
    return 'the provider does not accept signIn.server.clientId with this secret, or this clientAuthentication'
  if (fault instanceof ResponseBodyError) return fault.error
  if (!(fault instanceof Error)) return String(fault)
  return fault.cause instanceof Error ? detailOf(fault.cause) : fault.message
}

/** The refusal for an error of openid-client or jose. Any other error is a bug, and is thrown again. */
export const refusalOf = (fault: unknown) => {
  const refusal = refusalIn(fault)
  if (refusal === null) throw fault
  return refusal
}
