import { z } from 'zod'

export const sambaSettings = z.strictObject({
  domainSid: z
    .string()
    .regex(/^S-1-5-21-\d+-\d+-\d+$/, 'must be the SID of a domain, S-1-5-21-x-y-z')
    .optional()
    .describe(
      'SID of the domain. Given, people without sambaSamAccount receive it, with a SID of their own; otherwise they are refused, and `sesame check` counts them.',
    ),
  rid: z
    .strictObject({
      attribute: z
        .string()
        .min(1)
        .default('uidNumber')
        .describe('Attribute that holds a number of its own for each person.'),
      multiply: z.int().min(1).max(1000).default(2),
      add: z.int().min(0).max(1_000_000_000).default(1000),
    })
    .prefault({})
    .describe('How the end of a SID is made of it; the default is the rule of Samba, 2 × uidNumber + 1000.'),
  timeout: z
    .int()
    .min(500)
    .max(120_000)
    .default(20_000)
    .describe('Milliseconds after which a write has ended, its connection destroyed.'),
})

export type SambaSettings = z.infer<typeof sambaSettings>
