import type { FastifyInstance, FastifyReply } from 'fastify'
import { z } from 'zod'
import { routes } from '../routes.ts'

/** `https:`, `mailto:` and `tel:` are the addresses of RFC 9116 §2.5.3. */
const contactAddress = z.url({ protocol: /^(https|mailto|tel)$/ }).regex(/^\S+$/)

export const securityTextSettings = z.strictObject({
  contact: z
    .array(contactAddress)
    .min(1)
    .describe(
      'Where to report a vulnerability, the preferred address first: `mailto:securite@univ.example`, `https://…` or `tel:+33…`.',
    ),
  expires: z.iso
    .datetime({ offset: true })
    .describe(
      'Until when this is true, for example `2027-06-30T00:00:00Z`, at most a year ahead. After that the file is not sent any more, and `sesame check` says so.',
    ),
  policy: z
    .url({ protocol: /^https$/ })
    .regex(/^\S+$/)
    .optional()
    .describe('Page that says how the institution handles reports.'),
})
export type SecurityTextSettings = z.infer<typeof securityTextSettings>

/** `security.txt` (RFC 9116), which tells a person who finds a vulnerability whom to write to. */
const securityText = ({ contact, expires, policy }: SecurityTextSettings, canonical: string) =>
  [
    ...contact.map(address => `Contact: ${address}`),
    `Expires: ${expires}`,
    'Preferred-Languages: fr, en',
    `Canonical: ${canonical}`,
    ...(policy ? [`Policy: ${policy}`] : []),
    '',
  ].join('\n')

export type WellKnownDeps = {
  readonly publicUrl: URL
  readonly security: Readonly<Record<string, string>>
  readonly securityText: SecurityTextSettings | undefined
  readonly now: () => number
}

/**
 * The addresses that programs know without asking (RFC 8615): password managers lead to the change of password (W3C, « A Well-Known
 * URL for Changing Passwords ») and to the passkeys (W3C, « A Well-Known URL for Relying Party Passkey Endpoints »).
 */
export const registerWellKnown = (app: FastifyInstance, deps: WellKnownDeps) => {
  const { publicUrl, now } = deps
  const base = publicUrl.pathname.replace(/\/$/, '')
  const send = (reply: FastifyReply, type: string, body: string) =>
    reply.headers(deps.security).header('cache-control', 'no-cache').type(type).send(body)

  // The page without a language in its path, which follows the browser's.
  app.get('/.well-known/change-password', (_, reply) =>
    reply
      .code(303)
      .headers(deps.security)
      .header('cache-control', 'no-store')
      .header('location', `${base}${routes.changePassword.path}`)
      .send(),
  )

  const passkeys = `${publicUrl.origin}${base}${routes.passkeys.path}`
  const endpoints = JSON.stringify({ enroll: passkeys, manage: passkeys })
  app.get('/.well-known/passkey-endpoints', (_, reply) => send(reply, 'application/json', endpoints))

  const settings = deps.securityText
  if (!settings) return
  const text = securityText(settings, `${publicUrl.origin}/.well-known/security.txt`)
  app.get('/.well-known/security.txt', (_, reply) =>
    Date.parse(settings.expires) > now()
      ? send(reply, 'text/plain; charset=utf-8', text)
      : reply.callNotFound(),
  )
}
