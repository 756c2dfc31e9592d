import { readFileSync } from 'node:fs'
import { z } from 'zod'
import type { Finding } from '../../directory/directory.ts'
import { ok, refused } from '../../result.ts'
import { createHttpClient, NoReply, type Reply } from '../../web/http-client.ts'
import type { AccountRef, ServiceRefusal, WriteResult, Writer } from '../services.ts'
import type { WebhookSettings } from './settings.ts'
import { signatureHeader, signatureOf } from './signature.ts'

/** What the other system may say of its refusal; anything else is a refusal without a word. */
const refusals = new Map<string | undefined, ServiceRefusal>([
  ['no-account', 'service-no-account'],
  ['privileged', 'service-privileged'],
  ['policy', 'service-policy'],
])

const answer = z.object({ ok: z.boolean(), reason: z.string().optional() })

const answerIn = (body: string) => {
  try {
    return answer.safeParse(JSON.parse(body)).data
  } catch {
    return undefined
  }
}

/** It asks to be left alone for a while: the request was not looked at. */
const passing = new Set([408, 425, 429])

const writeResultOf = ({ status, body }: Reply): WriteResult => {
  const said = answerIn(body)
  if (status >= 200 && status <= 299) return said?.ok ? ok() : refused('outcome-unknown')
  if (status < 400 || status > 499 || passing.has(status)) return refused('service-unavailable')
  return refused(refusals.get(said?.reason) ?? 'service-not-allowed')
}

const secretIn = (file: string) => Buffer.from(readFileSync(file, 'utf8').replace(/\r?\n$/, ''))

/**
 * Tells another system that a password has changed, so that it does what it must; the password is never told. Its answer is
 * the proof.
 */
export const createWebhookWriter = (settings: WebhookSettings, now: () => number = Date.now): Writer => {
  const { timeout } = settings
  const url = new URL(settings.url)
  const secret = secretIn(settings.secretFile)
  const send = createHttpClient(settings.caFile)

  const tell = async (event: string, { person, login }: Partial<AccountRef>): Promise<WriteResult> => {
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
    const wrote = await tell('ping', {})
    return [
      {
        level: wrote.ok ? 'good' : 'wrong',
        what: 'webhook',
        detail: wrote.ok
          ? `${url.host} answers a signed message.`
          : `${url.host} does not answer a signed « ping » with {"ok":true}: check the address, caFile and the secret (docs/operate/webhook.md).`,
      },
    ]
  }

  return {
    longest: timeout,
    write: holder => tell('password.changed', holder),
    check,
    close: async () => {},
  }
}
