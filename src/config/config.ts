import { z } from 'zod'
import { activeDirectorySettings } from '../directory/active-directory/settings.ts'
import { ldapSettings } from '../directory/ldap/settings.ts'
import { identityServerSettings } from '../identity-server/settings.ts'
import { isRange } from '../limits/address.ts'
import { defaultLimits } from '../limits/limits.ts'
import { smsSettings } from '../notify/sms.ts'
import { smtpSettings } from '../notify/smtp.ts'
import { policySettings } from '../password/settings.ts'
import { recoverySettings } from '../proofs/policy/settings.ts'
import { guideServices, serviceSettings } from '../services/settings.ts'
import { syslogSettings } from '../syslog/settings.ts'
import { translatedShape } from '../texts/translated.ts'
import { branding } from '../ui/theme.ts'
import { securityTextSettings } from '../web/well-known.ts'

/**
 * The schema of `sesame.yaml`. The types, the error messages, the JSON Schema for editors and
 * `docs/reference/configuration.md` are derived from it. Secrets are files, never values.
 */
const directory = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('embedded') }).describe('Invented people of the demonstration.'),
  z
    .strictObject({ kind: z.literal('ldap'), ...ldapSettings.shape })
    .describe('OpenLDAP or 389 DS, the source of truth.'),
  z
    .strictObject({ kind: z.literal('active-directory'), ...activeDirectorySettings.shape })
    .describe('Active Directory, the source of truth.'),
])

const mail = z.discriminatedUnion('kind', [
  z
    .strictObject({ kind: z.literal('demonstration') })
    .describe('A page of the portal instead of a mail server.'),
  z.strictObject({ kind: z.literal('smtp'), ...smtpSettings.shape }),
])

const limitsSchema = z
  .strictObject(
    Object.fromEntries(
      Object.keys(defaultLimits).map(name => [name, z.int().positive().optional()]),
    ) as Record<keyof typeof defaultLimits, z.ZodOptional<z.ZodInt>>,
  )
  .prefault({})
  .describe('Overrides of the security limits (milliseconds and counts); see docs/reference/limits.md.')

const range = z
  .string()
  .refine(isRange, 'must be an address or a network, for example 192.0.2.0/24 or 2001:db8:12::/48')

export const configuration = z.strictObject({
  publicUrl: z
    .url()
    .default('http://localhost:3000')
    .describe(
      'The URL where people reach the portal. Links in mails and the origin check of forms use it, never the Host header.',
    ),
  listen: z
    .strictObject({
      host: z.string().default('127.0.0.1').describe('Address to listen on.'),
      port: z.int().min(0).max(65535).default(3000).describe('PORT overrides it.'),
      admin: z
        .union([
          z.literal('off'),
          z.strictObject({
            host: z
              .string()
              .default('127.0.0.1')
              .describe('Address to listen on; never published by the proxy.'),
            port: z
              .int()
              .min(0)
              .max(65535)
              .default(3900)
              .describe('0: any free one. Without it, where PORT is given: PORT and 900 more.'),
          }),
        ])
        .prefault({})
        .describe(
          'For the operator only: `/readyz` with the state of each part. If its port is in use, the portal starts without it and logs a warning.',
        ),
    })
    .prefault({}),
  trustedProxies: z
    .array(range)
    .default([])
    .describe('Addresses or networks of the reverse proxies whose X-Forwarded-For is trusted.'),
  campusNetworks: z
    .array(range)
    .default([])
    .describe(
      'Networks in CIDR form that have higher limits, because a whole campus may be behind one address.',
    ),
  rootKeyFile: z
    .string()
    .optional()
    .describe(
      'File of 32 random bytes or more, from which every key of the portal is derived. SESAME_ROOT_KEY_FILE overrides it.',
    ),
  newRootKeyFile: z
    .string()
    .optional()
    .describe(
      'File of the root key that is to replace the present one. Every process of the portal has it before `sesame key rotate` is called. SESAME_NEW_ROOT_KEY_FILE overrides it.',
    ),
  databaseUrlFile: z
    .string()
    .optional()
    .describe('File with the URL of a PostgreSQL ≥ 15 database. Absent: SQLite in the data folder.'),
  branding: branding.prefault({}),
  overrides: z
    .string()
    .optional()
    .describe('Folder of your own sentences, logo and charter; see docs/operate/overrides.md.'),
  securityText: securityTextSettings
    .optional()
    .describe('Content of `/.well-known/security.txt` (RFC 9116). Absent: there is no such page.'),
  directory: directory.prefault({ kind: 'embedded' }),
  identification: z
    .enum(['directory', 'import'])
    .default('directory')
    .describe(
      'Where the numbers and the dates of birth by which people identify themselves are. `directory`: in the attributes that `directory` names. `import`: in the store, from the file of `sesame import people`; the attributes of numbers and of the date of birth are not used then (docs/operate/identification.md).',
    ),
  mail: mail.prefault({ kind: 'demonstration' }),
  audit: z
    .strictObject({
      headMail: z
        .email()
        .optional()
        .describe(
          'Mail address that receives the head of the audit log once a day, to be compared by `sesame audit verify --head`. The portal also logs the head each minute.',
        ),
      syslog: syslogSettings
        .optional()
        .describe('Sends every event of the audit log to a collector. Absent: to none.'),
    })
    .prefault({}),
  sms: smsSettings
    .prefault({ kind: 'none' })
    .describe('Text messages, for the mobiles of people. A demonstration shows them in its mailbox.'),
  password: policySettings.prefault({}),
  recovery: recoverySettings.prefault({}),
  joker: z
    .strictObject({
      freeQuestions: z
        .boolean()
        .default(false)
        .describe(
          'People may write their own question. The cost: a question that is not in the list reveals that its account exists.',
        ),
    })
    .prefault({}),
  leakedFilter: z
    .string()
    .optional()
    .describe('Filter made by `sesame leaked build FILE` from the Have I Been Pwned list.'),
  charter: z
    .strictObject({
      version: z
        .string()
        .regex(/^[\w.-]{1,40}$/)
        .default('demonstration-2026')
        .describe('Recorded with each acceptance.'),
      ...translatedShape(
        z
          .string()
          .optional()
          .describe(
            'Text file, one paragraph between blank lines; a line that starts with « # » is a heading.',
          ),
      ),
    })
    .prefault({}),
  signIn: z
    .strictObject({
      server: identityServerSettings
        .prefault({ kind: 'embedded' })
        .describe('Where people sign in to the portal; see docs/operate/sign-in.md.'),
      returns: z
        .record(z.string().regex(/^[a-z0-9-]{1,30}$/), z.url({ protocol: /^https?$/ }))
        .default({})
        .describe(
          'Addresses outside the portal to which a sign-in may return, each with a short name: with `ent: https://ent.univ.example/`, `/connexion/vers/ent` returns there.',
        ),
    })
    .prefault({}),
  services: z
    .array(serviceSettings)
    .min(1)
    .prefault(guideServices)
    .describe('The services in which the password works, in the order of the last page.'),
  limits: limitsSchema,
})

export type Configuration = z.infer<typeof configuration>
