import { appOf } from '../world/factors.ts'
import type { newSecurityKey } from '../world/security-key.ts'
import type { Cookies, State } from './state.ts'

/** A passkey assertion: the key that signed, and the holder to whom the challenge was given. */
export type Signature = { readonly key: string; readonly holder: string }

/** Secrets as their owners have them; the portal stores none of them in clear. */
export type Secrets = {
  /** Passkeys by name; and that name by the id that the list page gives to the passkey. */
  readonly keys: Map<string, ReturnType<typeof newSecurityKey>>
  readonly listed: Map<string, string>
  readonly signatures: Map<string, Signature>
  /** Codes that were read in a mail or a text message, with the address they were sent to. */
  readonly sent: Map<string, string>
  /** All recovery codes ever printed, and the last activation code, by person. */
  readonly printed: Map<string, string[]>
  readonly activationCodes: Map<string, string>
}

export const emptySecrets = (): Secrets => ({
  keys: new Map(),
  listed: new Map(),
  signatures: new Map(),
  sent: new Map(),
  printed: new Map(),
  activationCodes: new Map(),
})

/** The three codes of an app that are accepted now: of this 30 s step, the one before and the one after (RFC 6238). */
export const codesOfApp = (secret: string, now: number) => {
  const app = appOf(secret)
  return [0, -30_000, 30_000].map(step => app(now + step))
}

/** The holder of a challenge: only this journey, sign-in or session may answer it, and only for this purpose. */
export const holders = {
  journey: ({ journey }: Cookies) => `journey:${journey}`,
  pending: ({ pending }: Cookies) => `pending:${pending}`,
  confirm: ({ session }: Cookies) => `confirm:${session}`,
  enrol: ({ session }: Cookies) => `enrol:${session}`,
} as const
export type HolderKind = keyof typeof holders

type ProofForm = { readonly body: Readonly<Record<string, string>>; readonly cookies: Cookies }

const digitsServe = (state: State, person: string, code: string, now: number) => {
  const secret = state.apps.get(person)
  return (
    secret !== undefined && !state.used.has(`app:${person}:${code}`) && codesOfApp(secret, now).includes(code)
  )
}

/** The owner of the passkey that signed; `null` when the signature is for another holder or was used before. */
export const signer = (
  { state, secrets }: { state: State; secrets: Secrets },
  { body, cookies }: ProofForm,
  kind: HolderKind,
) => {
  const signature = secrets.signatures.get(body.cle ?? '')
  if (!signature || state.used.has(body.cle ?? '') || signature.holder !== holders[kind](cookies)) return null
  return [...state.keys].find(([, keys]) => keys.includes(signature.key))?.[0] ?? null
}

/** Is this code a valid second factor of the person: a code of the app, or an unused recovery code? */
export const codeServes = (state: State, person: string, body: ProofForm['body'], now: number) =>
  digitsServe(state, person, body.code ?? '', now) ||
  (state.sheets.get(person) ?? []).includes(body.code ?? '')

/** Marks the proof in this form as used. */
export const useUp = ({ used, sheets }: State, person: string, body: ProofForm['body']) => {
  if (body.cle) used.add(body.cle)
  if (!body.code) return
  used.add(`app:${person}:${body.code}`)
  const left = sheets.get(person)
  if (left?.includes(body.code))
    sheets.set(
      person,
      left.filter(code => code !== body.code),
    )
}
