import type { PersonId } from '../../directory/directory.ts'
import { isAsked, type SecondFactor } from '../../proofs/second-factor/second-factor.ts'
import type { ShownFactor } from '../../proofs/second-factor/shown-factor.ts'
import type { ReasonKey } from '../../texts/texts.ts'
import type { HandlerRequest } from '../../web/handler.ts'
import {
  type AcceptedPasswords,
  type AuthenticationFault,
  authenticationFault,
  type ClosedProblem,
  closedProblem,
  type PasswordAuthenticator,
  type PasswordCheck,
  provedPerson,
} from '../sign-in/password-authenticator.ts'

/**
 * The person who changes the password: signed in, with a session that continues and the second factor shown in it; or
 * unable to sign in because the directory reports the password as expired, with a receipt instead.
 */
export type Changer = {
  readonly login: string
  readonly as:
    | { readonly session: string; readonly factor: ShownFactor | null }
    | { readonly session: null; readonly receipt: string }
}

export type OldPasswordDeps = {
  readonly secondFactor: SecondFactor
  readonly passwordAuthenticator: PasswordAuthenticator
  /** The passwords that may be changed without a session; with one, any. */
  readonly withoutSession: AcceptedPasswords
}

type OldPasswordCheck =
  | { readonly person: PersonId }
  | { readonly fault: AuthenticationFault }
  | { readonly problem: ClosedProblem | { readonly reason: ReasonKey }; readonly isWrong: boolean }

/**
 * Without a session only a password that the directory reports as expired may be changed: with a valid one the person
 * must sign in, where the institution's server may ask for more. A person with a second factor must use recovery, which
 * asks for it: the password alone would bypass it.
 */
async function refusalWithoutSession(secondFactor: SecondFactor, checked: PasswordCheck, person: PersonId) {
  if (checked.ok) return 'password-not-expired'
  return isAsked(await secondFactor.of(person)) ? 'factor-first' : null
}

/** Checks the old password: the person, or why it cannot be used. */
export async function checkOldPassword(
  deps: OldPasswordDeps,
  request: HandlerRequest,
  changer: Changer,
  typed: string,
): Promise<OldPasswordCheck> {
  const { passwordAuthenticator, secondFactor } = deps
  const isSigned = changer.as.session !== null
  const accepted = isSigned ? 'any' : deps.withoutSession
  const checked = await passwordAuthenticator.check(request, changer.login, typed, {
    accepted,
    signedIn: isSigned,
  })
  const fault = authenticationFault(checked)
  if (fault) return { fault }
  const closed = closedProblem(checked)
  if (closed) return { problem: closed, isWrong: false }
  const person = provedPerson(checked)
  const reason = accepted === 'any' ? 'password-refused' : 'expired-refused'
  if (!person) return { problem: { reason }, isWrong: true }
  const bar = isSigned ? null : await refusalWithoutSession(secondFactor, checked, person.id)
  return bar ? { problem: { reason: bar }, isWrong: false } : { person: person.id }
}
