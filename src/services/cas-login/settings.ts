import { z } from 'zod'
import { outgoingUrl } from '../../web/safe-url.ts'

export const casLoginSettings = z.strictObject({
  casUrl: outgoingUrl.describe('Address of the CAS server, before /login: https://sso.univ.example/cas.'),
  service: z
    .url()
    .describe(
      'Service that the CAS server knows and that the portal signs in to, for example its own address.',
    ),
  caFile: z.string().optional().describe('PEM file of the private authority that signed that server.'),
  userField: z
    .string()
    .optional()
    .describe('Field of the login in the form; otherwise the first text field of the form of the password.'),
  refusedMark: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Text of the page that refuses a password, for example `trmsg="5"` of LemonLDAP::NG: a form shown again without it proves nothing. Otherwise a form shown again is a refusal.',
    ),
  timeout: z
    .int()
    .min(500)
    .max(60_000)
    .default(10_000)
    .describe('Milliseconds after which a login has ended, its connection destroyed.'),
})

export type CasLoginSettings = z.infer<typeof casLoginSettings>
