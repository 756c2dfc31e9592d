import { z } from 'zod'

const hostName = /^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/i

export const eapSettings = z.strictObject({
  server: z
    .string()
    .regex(/^[a-z0-9.:-]+$/i, 'must be a name or an address')
    .describe('RADIUS server.'),
  port: z.int().min(1).max(65_535).default(1812),
  secretFile: z
    .string()
    .describe('File that holds the secret which the RADIUS server shares with the portal.'),
  realm: z.string().regex(hostName).describe('Realm: people log in as login@realm.'),
  anonymousIdentity: z
    .string()
    .min(1)
    .optional()
    .describe('Identity that is sent outside of the tunnel. Absent: anonymous@realm.'),
  caFile: z.string().describe('PEM file of the authority that signed the certificate of the RADIUS server.'),
  serverName: z
    .string()
    .regex(hostName)
    .describe('Name in that certificate. A server with another name gets no password.'),
  program: z
    .string()
    .optional()
    .describe(
      'Path of eapol_test (Debian package: eapoltest). Absent: it is searched in /usr/sbin and /usr/bin.',
    ),
  timeout: z
    .int()
    .min(500)
    .max(60_000)
    .default(8000)
    .describe('Milliseconds after which a login is abandoned and its process killed.'),
})

export type EapSettings = z.infer<typeof eapSettings>
