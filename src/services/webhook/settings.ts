import { z } from 'zod'
import { outgoingUrl } from '../../http-client/safe-url.ts'

export const webhookSettings = z.strictObject({
  url: outgoingUrl.describe(
    'Address to which each change is reported; see docs/operate/webhook.md for what it receives.',
  ),
  secretFile: z.string().describe('File that holds the secret by which the messages are signed.'),
  caFile: z.string().optional().describe('PEM file of the private authority that signed that server.'),
  timeout: z
    .int()
    .min(500)
    .max(60_000)
    .default(10_000)
    .describe('Milliseconds after which a message is abandoned and its connection closed.'),
})

export type WebhookSettings = z.infer<typeof webhookSettings>
