import { z } from 'zod'

export const sambaSettings = z.strictObject({
  domainSid: z
    .string()
    .regex(/^S-1-5-21-\d+-\d+-\d+$/, 'must be the SID of a domain, S-1-5-21-x-y-z')
    .optional()
    .describe(
      'SID of the domain. If it is given, people without sambaSamAccount get it, with a SID of their own. If it is absent, they are refused, and `sesame check` counts them.',
    ),
  rid: z
    .strictObject({
      attribute: z
        .string()
        .min(1)
        .default('uidNumber')
        .describe('Attribute with a number that is different for each person.'),
      multiply: z.int().min(1).max(1000).default(2),
      add: z.int().min(0).max(1_000_000_000).default(1000),
    })
    .prefault({})
    .describe(
      'How the last part of a SID is computed from it. The default is the rule of Samba, 2 × uidNumber + 1000.',
    ),
  timeout: z
    .int()
    .min(500)
    .max(120_000)
    .default(20_000)
    .describe('Milliseconds after which a write is abandoned and its connection closed.'),
})

export type SambaSettings = z.infer<typeof sambaSettings>
