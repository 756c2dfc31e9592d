import { z } from 'zod'
import { activeDirectoryAccounts } from '../directory/active-directory/settings.ts'
import { defaultTranslation, translated } from '../texts/translated.ts'
import { casLoginSettings } from './cas-login/settings.ts'
import { eapSettings } from './eap/settings.ts'
import { sambaSettings } from './samba/settings.ts'
import { webhookSettings } from './webhook/settings.ts'

/** Settings of the services in `sesame.yaml`. Each adapter defines the settings of its own writer and check. */
const translatedText = translated(z.string().min(1))

const writer = z.discriminatedUnion('kind', [
  z
    .strictObject({ kind: z.literal('samba'), ...sambaSettings.shape })
    .describe('The NT hash of the people of the first directory, which a RADIUS server reads.'),
  z
    .strictObject({ kind: z.literal('active-directory'), ...activeDirectoryAccounts.shape })
    .describe('Accounts of an Active Directory, found by the login of the person; a bind proves them.'),
  z
    .strictObject({ kind: z.literal('webhook'), ...webhookSettings.shape })
    .describe('Another system. A signed message without the password reports the change to it.'),
  z
    .strictObject({ kind: z.literal('pretend') })
    .describe(
      'A pretend service of the demonstration. It stores a hash of the password, so that the receipt can be shown.',
    ),
])

const check = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('bind') }).describe('A bind as the person where the password is written.'),
  z
    .strictObject({ kind: z.literal('eap'), ...eapSettings.shape })
    .describe('A real login to the Wi-Fi by PEAP-MSCHAPv2, with eapol_test.'),
  z
    .strictObject({ kind: z.literal('cas-login'), ...casLoginSettings.shape })
    .describe('A full login to a CAS application: form, ticket, validation, log-out.'),
])

export const serviceSettings = z.strictObject({
  id: z
    .string()
    .regex(/^[a-z0-9-]+$/)
    .describe('Short name, for logs and the database.'),
  name: translatedText.describe('What people call it.'),
  use: translatedText.describe(
    'Where the password works, as the last page says it: « au réseau Wifi Eduroam ».',
  ),
  help: translatedText.optional().describe('One sentence below it that says what people should do there.'),
  helpUrl: z.url().optional().describe('Page of the institution about this service.'),
  reads: z
    .string()
    .optional()
    .describe(
      '`source`: it reads the first directory. The id of another service: it reads what is written there.',
    ),
  writer: writer.optional().describe('What writes the password there. Absent with `reads`.'),
  check: check
    .optional()
    .describe(
      'The real login that proves it. Absent: a bind where that is possible, else the answer of the writer.',
    ),
  expiresAfterHours: z
    .int()
    .min(1)
    .max(72)
    .default(72)
    .describe(
      'Hours after which a password that could not be written there is erased, and the helpdesk is notified.',
    ),
})

export type ServiceSettings = z.infer<typeof serviceSettings>

/**
 * The four services of the guide, in its order. A real portal configures how each is written and proved; the demonstration
 * uses pretend services.
 */
const guideList = (
  [
    { id: 'eduroam', writer: { kind: 'pretend' } },
    { id: 'telephony', writer: { kind: 'pretend' } },
    { id: 'printing', reads: 'telephony' },
    { id: 'cas', reads: 'source' },
  ] as const
).map(
  (service): z.input<typeof serviceSettings> => ({
    ...service,
    name: defaultTranslation(`service.${service.id}.name`),
    use: defaultTranslation(`service.${service.id}.use`),
  }),
)

/** Without configuration only the service that reads the source has a status; the receipt shows none for the other three. */
export const guideServices = guideList.map(({ writer: _, reads, ...service }) => ({
  ...service,
  ...(reads === 'source' && { reads }),
}))

export const demonstrationServices = guideList.map(service => serviceSettings.parse(service))

export type ServiceProblem = { readonly path: string; readonly sentence: string }

type Source = 'embedded' | 'ldap' | 'active-directory'
type Rule = readonly [broken: boolean, field: string, sentence: string]

const rulesOf = (
  { id, reads, writer: writes, check: checks }: ServiceSettings,
  others: readonly ServiceSettings[],
  source: Source,
): readonly Rule[] => {
  const hasLeader = others.some(other => other.id === reads && other.writer)
  return [
    [others.some(other => other.id === id), '', `another service is called ${id} too.`],
    [
      reads !== undefined && writes !== undefined,
      '',
      'has both `reads` and `writer`: it is one or the other.',
    ],
    [
      reads !== undefined && reads !== 'source' && !hasLeader,
      '.reads',
      `names ${reads}, which is no service with a writer.`,
    ],
    [
      writes?.kind === 'pretend' && source !== 'embedded',
      '.writer',
      'is pretend: people would read a ✓ that proves nothing. Say how this service is written.',
    ],
    [
      writes?.kind === 'samba' && source !== 'ldap',
      '.writer',
      'writes people of an LDAP source; the first directory is none.',
    ],
    [
      checks?.kind === 'bind' && !(writes || reads),
      '.check',
      'has no place where it could bind: give `reads` or `writer`.',
    ],
  ]
}

/** Problems that the schema of a single service cannot detect. */
export const serviceProblems = (
  services: readonly ServiceSettings[],
  source: Source,
): readonly ServiceProblem[] =>
  services.flatMap((service, index) => {
    const before = services.slice(0, index)
    const others = [...before, ...services.slice(index + 1).filter(({ id }) => id !== service.id)]
    return rulesOf(service, others, source)
      .filter(([broken]) => broken)
      .map(([, field, sentence]) => ({ path: `services.${index}${field}`, sentence }))
  })
