import { z } from 'zod'
import { seconds } from '../clock.ts'
import { readSecret } from '../operator-file.ts'
import { ok, type Result, refused } from '../result.ts'

export type Sms = { readonly id: string; readonly to: string; readonly text: string }

type SmsResult = Result<object, 'mail-unavailable' | 'mail-refused'>

/** Sends text messages. `mail-refused` is final for that number; `mail-unavailable` is tried again. */
export interface SmsGateway {
  /** `ok` only after the gateway's explicit acceptance. */
  send(sms: Sms): Promise<SmsResult>
}

/** Country codes of France and its overseas territories, where the people of a university live. */
export const frenchCallingCodes = [
  '+33',
  '+262',
  '+508',
  '+590',
  '+594',
  '+596',
  '+681',
  '+687',
  '+689',
] as const

export const smsSettings = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('none') }).describe('No text message: mobiles are not offered.'),
  z.strictObject({
    kind: z.literal('http'),
    url: z
      .url({ protocol: /^https?$/ })
      .describe('Address of the gateway: a POST of JSON `{ "id", "to", "text" }`, answered by 2xx.'),
    tokenFile: z.string().describe('File of the token that is sent as `Authorization: Bearer`.'),
    countries: z
      .array(z.string().regex(/^\+[1-9]\d{0,6}$/))
      .min(1)
      .default([...frenchCallingCodes])
      .describe(
        'Prefixes of the numbers that text messages are sent to: France and its overseas territories by default. Other numbers are refused, and so are French numbers that are not mobiles. A person with such a number can use a mail address instead.',
      ),
  }),
])

type HttpGatewaySettings = Extract<z.infer<typeof smsSettings>, { kind: 'http' }>

async function send(url: string, token: string, sms: Sms): Promise<SmsResult> {
  try {
    const answer = await fetch(url, {
      method: 'POST',
      redirect: 'error',
      signal: AbortSignal.timeout(seconds(10)),
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify(sms),
    })
    await answer.body?.cancel()
    if (answer.ok) return ok()
    const isFinal = answer.status >= 400 && answer.status < 500 && ![408, 429].includes(answer.status)
    return refused(isFinal ? 'mail-refused' : 'mail-unavailable')
  } catch {
    return refused('mail-unavailable')
  }
}

/** A gateway over HTTP. Status codes 4xx except 408 and 429 are final; every other failure, a timeout included, is tried again. */
export const createHttpGateway = ({ url, tokenFile }: HttpGatewaySettings): SmsGateway => {
  const token = readSecret(tokenFile).trim()
  return { send: sms => send(url, token, sms) }
}
