import { z } from 'zod'
import { outgoingUrl } from '../../web/safe-url.ts'

export const webhookSettings = z.strictObject({
  url: outgoingUrl.describe(
    'Address that is told of each change; see docs/operate/webhook.md for what it receives.',
  ),
  secretFile: z.string().describe('File that holds the secret by which the messages are signed.'),
  caFile: z.string().optional().describe('PEM file of the private authority that signed that server.'),
  timeout: z
    .int()
    .min(500)
    .max(60_000)
    .default(10_000)
    .describe('Milliseconds after which a message has ended, its connection destroyed.'),
})

export type WebhookSettings = z.infer<typeof webhookSettings>
