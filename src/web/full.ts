import { randomInt } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Refusal } from '../limits/gate.ts'
import { field } from './form.ts'
import { busy } from './problems.ts'
import type { Replies } from './replies.ts'

/** Seconds until a browser retries: random, so that browsers refused together do not retry together. */
const soonest = 4
const latest = 9

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
const escaped = (text: string) => text.replace(/[&<>"]/g, sign => entities[sign] ?? '')

/** Hidden fields with the typed values that are not secret. */
const hiddenFields = (body: unknown, names: readonly string[]) => {
  const sent = (body ?? {}) as Readonly<Record<string, unknown>>
  return names
    .flatMap(name => {
      const value = field(200).safeParse(sent[name])
      return value.success ? [`<input type="hidden" name="${name}" value="${escaped(value.data)}">`] : []
    })
    .join('')
}

/**
 * The pages shown when the portal is full. They return to the step by themselves, without a script, and the journey is
 * kept. Typed values that are not secret stay in the page and are sent again; an answer, a code or a password is never
 * written into a page.
 */
export const createFullReplies = ({ prepare }: Replies) => {
  const waits = Array.from({ length: latest - soonest + 1 }, (_, index) => soonest + index)
  const prepared = (keepsFields: boolean) =>
    waits.map(retryAfter => prepare({ kind: 'problem', problem: busy, retryAfter }, keepsFields))
  const [plain, withFields] = [prepared(false), prepared(true)]
  const randomOf = <T>(choices: readonly T[]) => choices[randomInt(choices.length)] as T
  return {
    /** A network that exceeds its allowance gets status 429, with the same page: it may hold many people. */
    sendProblem: (request: FastifyRequest, reply: FastifyReply, refusal: Refusal) =>
      randomOf(plain)(request, reply, refusal === 'network' ? { status: 429 } : {}),
    /** Keeps the values of these fields in the page. To be sent after the body was read. */
    sendWithFields: (request: FastifyRequest, reply: FastifyReply, names: readonly string[]) =>
      randomOf(withFields)(request, reply, { fields: hiddenFields(request.body, names) }),
  }
}

export type FullReplies = ReturnType<typeof createFullReplies>
