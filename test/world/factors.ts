import { Secret, TOTP } from 'otpauth'
import { newSecurityKey } from './security-key.ts'
import type { newVisitor } from './visitor.ts'

type Visitor = ReturnType<typeof newVisitor>

/** What an authenticator app shows at an instant. */
export const appOf = (letters: string) => {
  const totp = new TOTP({ secret: Secret.fromBase32(letters.replace(/\s/g, '')), digits: 6, period: 30 })
  return (at: number) => totp.generate({ timestamp: at })
}

/** A signed-in person puts an app in service; the codes that it shows. */
export const enrolApp = async (visitor: Visitor, now: () => number, language: 'fr' | 'en' = 'fr') => {
  const path = `/${language}/compte/application`
  await visitor.post(path, { action: 'commencer' })
  const letters = /class="letters"[^>]*>([A-Z2-7 ]+)</.exec((await visitor.get(path)).html)?.[1] ?? ''
  const app = appOf(letters)
  const answer = await visitor.post(path, { action: 'confirmer', code: app(now()) })
  if (answer.location !== path) throw new Error(`the app was not put in service: ${answer.status}`)
  return { app, letters }
}

/** A signed-in person prints a sheet and types its first code; the codes that are left. */
export const printSheet = async (visitor: Visitor, language: 'fr' | 'en' = 'fr') => {
  const path = `/${language}/compte/codes-de-secours`
  const { html } = await visitor.post(path, { action: 'commencer' })
  const [first = '', ...left] = [...html.matchAll(/<li>((?:\w{4}-){3}\w{4})<\/li>/g)].map(
    ([, code]) => code ?? '',
  )
  const answer = await visitor.post(path, { action: 'confirmer', code: first })
  if (answer.location !== path) throw new Error(`the sheet was not put in service: ${answer.status}`)
  return left
}

/** What a page asks of a passkey. */
export const optionsIn = (html: string) =>
  JSON.parse((/data-options="([^"]*)"/.exec(html)?.[1] ?? '{}').replaceAll('&quot;', '"'))

/** A signed-in person makes a passkey and tries it; the key. */
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
