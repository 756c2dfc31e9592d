import { appOf } from '../world/factors.ts'
import type { newSecurityKey } from '../world/security-key.ts'
import type { Cookies, State } from './state.ts'

/** What a passkey of somebody signed: for whom the challenge was, and what it was asked for. */
export type Signature = { readonly key: string; readonly holder: string }

/** Secrets as their owners hold them; the portal knows none of them in clear. */
export type Secrets = {
  /** Passkeys by the name that the portal knows them under; and that name by the one that its pages give them. */
  readonly keys: Map<string, ReturnType<typeof newSecurityKey>>
  readonly listed: Map<string, string>
  readonly signatures: Map<string, Signature>
  /** Codes as they were read in mailboxes and on telephones, with the address that they had been sent to. */
  readonly sent: Map<string, string>
  /** All codes that were ever printed, by person; and all letters. */
  readonly printed: Map<string, string[]>
  readonly letters: Map<string, string>
}

export const emptySecrets = (): Secrets => ({
  keys: new Map(),
  listed: new Map(),
  signatures: new Map(),
  sent: new Map(),
  printed: new Map(),
  letters: new Map(),
})

/** The three codes of an app that are good now: this step's, and one around. */
export const codesOfApp = (letters: string, now: number) => {
  const app = appOf(letters)
  return [0, -30_000, 30_000].map(step => app(now + step))
}

/** Who may answer a challenge: the journey, sign-in or session whose page asked for it, for what it asked. */
export const holders = {
  journey: ({ journey }: Cookies) => `journey:${journey}`,
  entering: ({ entering }: Cookies) => `entering:${entering}`,
  confirm: ({ session }: Cookies) => `confirm:${session}`,
  enrol: ({ session }: Cookies) => `enrol:${session}`,
} as const
export type HolderKind = keyof typeof holders

type Shown = { readonly body: Readonly<Record<string, string>>; readonly cookies: Cookies }

const digitsServe = (state: State, person: string, code: string, now: number) => {
  const letters = state.apps.get(person)
  return (
    letters !== undefined &&
    !state.used.has(`app:${person}:${code}`) &&
    codesOfApp(letters, now).includes(code)
  )
}

/** Whose passkey signed, when the signature is good for this holder and was not used. */
export const signer = (
  { state, secrets }: { state: State; secrets: Secrets },
  { body, cookies }: Shown,
  kind: HolderKind,
) => {
  const signature = secrets.signatures.get(body.cle ?? '')
  if (!signature || state.used.has(body.cle ?? '') || signature.holder !== holders[kind](cookies)) return null
  return [...state.keys].find(([, keys]) => keys.includes(signature.key))?.[0] ?? null
}

/** What was typed is the second factor of this person: digits of the app, or an unused printed code. */
export const codeServes = (state: State, person: string, body: Shown['body'], now: number) =>
  digitsServe(state, person, body.code ?? '', now) ||
  (state.sheets.get(person) ?? []).includes(body.code ?? '')

/** What was shown is used up. */
export const useUp = ({ used, sheets }: State, person: string, body: Shown['body']) => {
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
