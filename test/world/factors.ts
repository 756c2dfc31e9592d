import { Secret, TOTP } from 'otpauth'
import type { Application } from '../../src/application.ts'
import { days } from '../../src/clock.ts'
import type { Language } from '../../src/texts/texts.ts'
import { newSecurityKey } from './security-key.ts'
import type { Visitor } from './visitor.ts'

/** The codes of an authenticator app with this base32 secret (RFC 6238), by time in milliseconds. */
export const appOf = (letters: string) => {
  const totp = new TOTP({ secret: Secret.fromBase32(letters.replace(/\s/g, '')), digits: 6, period: 30 })
  return (at: number) => totp.generate({ timestamp: at })
}

/** Six digits that this app shows neither now nor in the steps before and after. */
export const wrongDigits = (app: (at: number) => string, at: number) => {
  const shown = [-30_000, 0, 30_000].map(step => app(at + step))
  return ['000000', '111111', '222222', '333333'].find(digits => !shown.includes(digits)) ?? ''
}

/** The secret of a new authenticator app, as the page shows it: base32 in groups; `null` where the page shows none. */
export const appSecretIn = (html: string) => /class="letters"[^>]*>([A-Z2-7 ]+)</.exec(html)?.[1] ?? null

/** The codes of a new recovery sheet, as the page shows them. */
export const recoveryCodesIn = (html: string) =>
  [...html.matchAll(/<li>((?:\w{4}-){3}\w{4})<\/li>/g)].map(([, code]) => code ?? '')

/** Enrols an authenticator app for a signed-in person. Returns the generator of its codes, and its secret. */
export const enrolApp = async (visitor: Visitor, now: () => number, language: Language = 'fr') => {
  const path = `/${language}/compte/application`
  await visitor.post(path, { action: 'commencer' })
  const letters = appSecretIn((await visitor.get(path)).html) ?? ''
  const app = appOf(letters)
  const answer = await visitor.post(path, { action: 'confirmer', code: app(now()) })
  if (answer.location !== path) throw new Error(`the app was not put in service: ${answer.status}`)
  return { app, letters }
}

/** Prints a recovery sheet for a signed-in person and confirms it with its first code. Returns the unused codes. */
export const printSheet = async (visitor: Visitor, language: Language = 'fr') => {
  const path = `/${language}/compte/codes-de-secours`
  const { html } = await visitor.post(path, { action: 'commencer' })
  const [first = '', ...left] = recoveryCodesIn(html)
  const answer = await visitor.post(path, { action: 'confirmer', code: first })
  if (answer.location !== path) throw new Error(`the sheet was not put in service: ${answer.status}`)
  return left
}

/** The WebAuthn options that a page gives to the browser. */
export const optionsIn = (html: string) =>
  JSON.parse((/data-options="([^"]*)"/.exec(html)?.[1] ?? '{}').replaceAll('&quot;', '"'))

/** Registers a passkey for a signed-in person and confirms it by its first use. Returns the key. */
export const enrolPasskey = async (visitor: Visitor, url: string) => {
  const list = '/fr/compte/cles-d-acces'
  const key = newSecurityKey({ origin: `http://localhost:${new URL(url).port}`, host: 'localhost' })
  await visitor.post(list, { action: 'commencer' })
  const making = optionsIn((await visitor.get(`${list}/nouvelle`)).html)
  await visitor.post(`${list}/nouvelle`, { nom: 'Clé', cle: key.make(making) })
  const trying = optionsIn((await visitor.get(`${list}/essai`)).html)
  const answer = await visitor.post(`${list}/essai`, { cle: key.sign(trying) })
  if (answer.location !== list) throw new Error(`the passkey was not put in service: ${answer.status}`)
  return key
}

/** Asks a page for a passkey challenge and signs it. Returns the value of the form's `cle` field. */
export const signChallenge = async (
  visitor: Visitor,
  path: string,
  key: ReturnType<typeof newSecurityKey>,
  fields: Readonly<Record<string, string>> = {},
) => {
  await visitor.post(path, fields)
  return key.sign(optionsIn((await visitor.get(path)).html))
}

/** As if the passkeys and the sheet of this person had been in service for two days: from then on they prove a recovery. */
export const settleFactors = (
  { application: { store } }: { readonly application: Pick<Application, 'store'> },
  person: string,
) =>
  store.transaction(async tx => {
    for (const table of ['passkeys', 'recovery_sheets'] as const)
      await tx
        .updateTable(table)
        .set(eb => ({ confirmed_at: eb('confirmed_at', '-', days(2)) }))
        .where('person', '=', person)
        .where('confirmed_at', 'is not', null)
        .execute()
  })
