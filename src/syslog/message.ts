import type { UnsentEvent } from '../audit/unsent.ts'

/** Where the messages come from. */
export type Origin = { readonly host: string; readonly process: number }

/** « log audit » of RFC 5424. */
const facility = 13
const severities = { warning: 4, information: 6 } as const

/** Kinds of events that somebody who watches wants to see first. */
const isWarning = (kind: string) =>
  /[.-](?:wrong|refused|suspended|frozen|failed|abandoned|closed|unproved)\b/.test(kind)

/** RFC 5424 6: PRINTUSASCII of limited length, or a dash. */
const header = (text: string, most: number) => text.replace(/[^!-~]/g, '').slice(0, most) || '-'

const parameter = (name: string, value: string) =>
  // The three characters that end or escape a value (RFC 5424 6.3.3); control characters would end a line of the collector.
  `${name}="${value.replace(/\p{Cc}/gu, ' ').replace(/["\\\]]/g, '\\$&')}"`

/** The counter of RFC 5424 7.3.1 begins again after this number. */
const mostNumber = 2_147_483_647

/**
 * One event as a message of RFC 5424. `number` counts the messages, so that the collector sees a gap; chain, sequence and link show which event
 * it is and that it was not altered since. The details of an event stay in the store, which erases them: a collector would keep them.
 */
export const syslogMessage = (
  { chain, sequence, at, kind, actor, subject, link }: UnsentEvent,
  number: number,
  { host, process }: Origin,
) => {
  const severity = isWarning(kind) ? severities.warning : severities.information
  const head = `<${facility * 8 + severity}>1 ${new Date(at).toISOString()} ${header(host, 255)} sesame ${process} ${header(kind, 32)}`
  const meta = parameter('sequenceId', String(((number - 1) % mostNumber) + 1))
  const about = [
    parameter('chain', chain),
    parameter('sequence', String(sequence)),
    parameter('subject', subject ?? chain),
    parameter('actor', actor),
    parameter('link', link),
  ].join(' ')
  return `${head} [meta ${meta}][sesame@32473 ${about}] ${kind}`
}

/** Octet counting (RFC 5425 4.3, RFC 6587 3.4.1): no content of a message can be taken for its end. */
export const framed = (message: string) => `${Buffer.byteLength(message)} ${message}`
