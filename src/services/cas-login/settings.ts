import { z } from 'zod'
import { outgoingUrl } from '../../http-client/safe-url.ts'

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
    .describe(
      'Field of the login in the form. Absent: the first text field of the form that has a password field.',
    ),
  refusedMark: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Text by which the page that refuses a password is recognised, for example `trmsg="5"` of LemonLDAP::NG. A form that is shown again without this text proves nothing. Absent: a form that is shown again is a refusal.',
    ),
  timeout: z
    .int()
    .min(500)
    .max(60_000)
    .default(10_000)
    .describe('Milliseconds after which a login is abandoned and its connection closed.'),
})

export type CasLoginSettings = z.infer<typeof casLoginSettings>
