import { z } from 'zod'
import { seconds } from '../clock.ts'
import { createHttpClient, type HttpClient, NoReply } from '../http-client/http-client.ts'
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
    caFile: z.string().optional().describe('PEM file of the private authority that signed the gateway.'),
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

const isAccepted = (status: number | null) => status !== null && status >= 200 && status <= 299

/** Once a gateway has said that it takes the message, what else it says or fails to say sends no second one. */
async function post(send: HttpClient, url: URL, token: string, sms: Sms): Promise<SmsResult> {
  const body = JSON.stringify(sms)
  const headers = {
    'Content-Type': 'application/json',
    'Content-Length': String(Buffer.byteLength(body)),
    Authorization: `Bearer ${token}`,
  }
  try {
    const { status } = await send(url, {
      method: 'POST',
      headers,
      body,
      signal: AbortSignal.timeout(seconds(10)),
    })
    if (isAccepted(status)) return ok()
    const isFinal = status >= 400 && status < 500 && ![408, 429].includes(status)
    return refused(isFinal ? 'mail-refused' : 'mail-unavailable')
  } catch (fault) {
    if (!(fault instanceof NoReply)) throw fault
    return isAccepted(fault.status) ? ok() : refused('mail-unavailable')
  }
}

/** A gateway over HTTP. Status codes 4xx except 408 and 429 are final; every other failure, a timeout included, is tried again. */
export const createHttpGateway = ({ url, tokenFile, caFile }: HttpGatewaySettings): SmsGateway => {
  const token = readSecret(tokenFile).trim()
  const send = createHttpClient(caFile)
  return { send: sms => post(send, new URL(url), token, sms) }
}
