import { hostname } from 'node:os'
import { domainToASCII } from 'node:url'
import { createTransport } from 'nodemailer'
import { z } from 'zod'
import { seconds } from '../clock.ts'
import { networkFaultWords } from '../network-fault.ts'
import { readSecret } from '../operator-file.ts'
import { ok, refused } from '../result.ts'
import { needsSmtpUtf8 } from '../texts/mail-address.ts'
import { trustedAuthority } from '../trusted-authority.ts'
import { createSmtpUtf8 } from './smtp-utf8.ts'
import type { Mail, MailLogo, MailTransport } from './transport.ts'

export const smtpSettings = z.strictObject({
  host: z.string().min(1).describe('Host name of the SMTP server.'),
  port: z.int().min(1).max(65535).default(587).describe('465 for implicit TLS, 587 for STARTTLS.'),
  tls: z
    .enum(['implicit', 'starttls', 'none'])
    .default('starttls')
    .describe('`none` is accepted on the loopback only: mails carry « Ce n’est pas moi » links.'),
  caFile: z.string().optional().describe('PEM file of the private authority that signed the server.'),
  user: z.string().optional().describe('Account of the portal on the SMTP server.'),
  passwordFile: z.string().optional().describe('File that holds the password of that account.'),
  from: z.string().min(3).describe('Sender, for example « Sésame <ne-pas-repondre@univ.example> ».'),
  clientName: z
    .string()
    .regex(/^[a-z\d-]+(\.[a-z\d-]+)+$/i, 'must be a full host name, for example sesame.univ.example')
    .optional()
    .describe(
      'Full host name by which the portal greets the server (EHLO). Absent: the name of this machine; where that has no dot, as in a container, the domain of `from`, because many servers refuse a client without a full name.',
    ),
})
export type SmtpSettings = z.infer<typeof smtpSettings>

/** Time limit of one send, after which the connection is closed: half of the lease of a mail (`outbox.ts`). */
const sendTimeout = seconds(30)

type SmtpFault = Error & {
  readonly code?: string
  readonly command?: string
  readonly responseCode?: number
  readonly response?: string
}

/** RFC 3463 §3.2 and §3.3: the address or the mailbox of the recipient; not the sender (X.1.7), nor a mailbox that is full. */
const aboutRecipient = /^5\d\d[ -]5\.(1\.([0-6]|10)|2\.[0134])\b/
const isEnhanced = /^5\d\d[ -]\d\.\d+\.\d+/

/**
 * Whether it is final for this address: RFC 5321 §4.2.1, 5yz is permanent, but most of them concern the portal, its address, its
 * network or its rate, which the operator can mend. No mail may be lost by them: like a timeout, they are tried again.
 */
const isFinal = ({ responseCode = 0, command, response = '' }: SmtpFault) => {
  if (responseCode < 500) return false
  if (isEnhanced.test(response)) return aboutRecipient.test(response)
  return command === 'RCPT TO' && [550, 551, 553].includes(responseCode)
}

/** What is wrong with the mail server, to follow its name in a sentence. */
const faultWords = (fault: SmtpFault) => {
  if (fault.command === 'STARTTLS')
    return 'offers no STARTTLS: enable it there, or set mail.tls to implicit with its port (465)'
  if (fault.code === 'EAUTH')
    return 'refuses the account of the portal: correct mail.user, or the password in mail.passwordFile'
  if (/greeting/i.test(fault.message))
    return 'sends no greeting: if this port expects TLS at once, set mail.tls to implicit'
  return fault.responseCode
    ? `refuses the portal with the code ${fault.responseCode}: look at its log`
    : networkFaultWords(fault)
}

const domainOf = (from: string) => from.replace(/^.*@|>.*$/g, '')

/** RFC 5321 §4.1.4: the full name of the client. nodemailer would say `[127.0.0.1]` where the machine has none. */
const clientNameOf = ({ clientName, from }: SmtpSettings) =>
  clientName ?? (hostname().includes('.') ? hostname() : domainToASCII(domainOf(from)))

const connectionOf = (settings: SmtpSettings) => ({
  name: clientNameOf(settings),
  host: settings.host,
  port: settings.port,
  secure: settings.tls === 'implicit',
  requireTLS: settings.tls === 'starttls',
  ignoreTLS: settings.tls === 'none',
  connectionTimeout: seconds(5),
  greetingTimeout: seconds(5),
  socketTimeout: seconds(15),
  tls: { minVersion: 'TLSv1.2' as const, ...trustedAuthority(settings.caFile) },
})

/** Whether the server of these settings takes addresses that are not ASCII before the @. */
export const smtpUtf8Of = (settings: SmtpSettings) => createSmtpUtf8(connectionOf(settings))

const transportOf = (settings: SmtpSettings) =>
  createTransport({
    ...connectionOf(settings),
    pool: true,
    maxConnections: 2,
    // The outbox schedules retries. Nodemailer's own would send a mail up to five more times to a server that failed after accepting it.
    maxRequeues: 0,
    ...(settings.user && {
      auth: { user: settings.user, pass: settings.passwordFile ? readSecret(settings.passwordFile) : '' },
    }),
  })

/** Shown in the place where the HTML names it, and not listed as a file. */
const logoPart = ({ cid, type, bytes }: MailLogo) => ({
  cid,
  content: bytes,
  contentType: type,
  contentDisposition: 'inline' as const,
})

async function send(transport: ReturnType<typeof transportOf>, from: string, mail: Mail) {
  try {
    const sent = await transport.sendMail({
      from,
      to: { name: '', address: mail.to },
      subject: mail.subject,
      html: mail.html,
      text: mail.text,
      ...(mail.logo && { attachments: [logoPart(mail.logo)] }),
      messageId: `<${mail.id}@${domainOf(from)}>`,
      headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
      disableFileAccess: true,
      disableUrlAccess: true,
      signal: AbortSignal.timeout(sendTimeout),
    })
    return sent.accepted.length > 0 ? ok() : refused('mail-refused')
  } catch (fault) {
    return refused(isFinal(fault as SmtpFault) ? 'mail-refused' : 'mail-unavailable')
  }
}

export const openSmtpTransport = (settings: SmtpSettings): MailTransport => {
  const transport = transportOf(settings)
  const outage = () =>
    transport.verify().then(
      () => null,
      (fault: SmtpFault) => `${settings.host}:${settings.port} ${faultWords(fault)}.`,
    )
  const smtpUtf8 = smtpUtf8Of(settings)
  return {
    send: async mail => {
      // Nodemailer would send such an address as bytes that the server may take for another one.
      const takes = needsSmtpUtf8(mail.to) ? await smtpUtf8() : true
      if (takes !== true) return refused(takes === null ? 'mail-unavailable' : 'mail-refused')
      return send(transport, settings.from, mail)
    },
    smtpUtf8,
    outage,
    close: async () => transport.close(),
  }
}
