import { z } from 'zod'
import type { Finding } from '../../directory/directory.ts'
import { createHttpClient, NoReply, type Reply } from '../../http-client/http-client.ts'
import { readSecret } from '../../operator-file.ts'
import { ok, refused } from '../../result.ts'
import type { AccountRef, ServiceRefusal, WriteResult, Writer } from '../services.ts'
import type { WebhookSettings } from './settings.ts'
import { signatureHeader, signatureOf } from './signature.ts'

/** Reasons that the other system may give for a refusal; any other reason is `service-not-allowed`. */
const refusals = new Map<string | undefined, ServiceRefusal>([
  ['no-account', 'service-no-account'],
  ['privileged', 'service-privileged'],
  ['policy', 'service-policy'],
])

const answer = z.object({ ok: z.boolean(), reason: z.string().optional() })

const parseAnswer = (body: string) => {
  try {
    return answer.safeParse(JSON.parse(body)).data
  } catch {
    return undefined
  }
}

/** Statuses that ask to try again later: the request was not processed. */
const temporaryStatuses = new Set([408, 425, 429])

const writeResultOf = ({ status, body }: Reply): WriteResult => {
  const parsed = parseAnswer(body)
  if (status >= 200 && status <= 299) return parsed?.ok ? ok() : refused('outcome-unknown')
  if (status < 400 || status > 499 || temporaryStatuses.has(status)) return refused('service-unavailable')
  return refused(refusals.get(parsed?.reason) ?? 'service-not-allowed')
}

/**
 * Notifies another system that a password has changed. The password itself is never sent. The answer of the system is the
 * proof of the delivery.
 */
export const createWebhookWriter = (settings: WebhookSettings, now: () => number = Date.now): Writer => {
  const { timeout } = settings
  const url = new URL(settings.url)
  const secret = Buffer.from(readSecret(settings.secretFile))
  const send = createHttpClient(settings.caFile)

  const notify = async (event: string, { person, login }: Partial<AccountRef>): Promise<WriteResult> => {
    const at = now()
    const body = JSON.stringify({ event, id: person, login, at: new Date(at).toISOString() })
    const headers = {
      'Content-Type': 'application/json',
      'Content-Length': String(Buffer.byteLength(body)),
      [signatureHeader]: signatureOf(secret, at, body),
    }
    try {
      return writeResultOf(
        await send(url, { method: 'POST', headers, body, signal: AbortSignal.timeout(timeout) }),
      )
    } catch (fault) {
      if (fault instanceof NoReply) return refused(fault.sent ? 'outcome-unknown' : 'service-unavailable')
      throw fault
    }
  }

  const check = async (): Promise<readonly Finding[]> => {
    const result = await notify('ping', {})
    return [
      {
        level: result.ok ? 'good' : 'wrong',
        what: 'webhook',
        detail: result.ok
          ? `${url.host} answers a signed message.`
          : `${url.host} does not answer a signed « ping » with {"ok":true}: check the address, caFile and the secret (docs/operate/webhook.md).`,
      },
    ]
  }

  return {
    longest: timeout,
    write: account => notify('password.changed', account),
    check,
    close: async () => {},
  }
}
