import { readFileSync } from 'node:fs'
import { createTransport } from 'nodemailer'
import { z } from 'zod'
import { seconds } from '../clock.ts'
import { networkFaultWords } from '../network-fault.ts'
import { readSecret } from '../operator-file.ts'
import { ok, refused } from '../result.ts'
import { needsSmtpUtf8 } from '../texts/mail-address.ts'
import { createSmtpUtf8 } from './smtp-utf8.ts'
import type { Mail, MailTransport } from './transport.ts'

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
})
export type SmtpSettings = z.infer<typeof smtpSettings>

/** RFC 5321 §4.2.1: 5yz is permanent. Every other failure, a timeout included, is tried again. */
const isFinal = (fault: { responseCode?: number; command?: string }) =>
  (fault.responseCode ?? 0) >= 500 && fault.command !== 'AUTH' && fault.command !== 'CONN'

/** Time limit of one send, after which the connection is closed: half of the lease of a mail (`outbox.ts`). */
const sendTimeout = seconds(30)

type SmtpFault = Error & { readonly code?: string; readonly command?: string; readonly responseCode?: number }

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

const connectionOf = (settings: SmtpSettings) => ({
  host: settings.host,
  port: settings.port,
  secure: settings.tls === 'implicit',
  requireTLS: settings.tls === 'starttls',
  ignoreTLS: settings.tls === 'none',
  connectionTimeout: seconds(5),
  greetingTimeout: seconds(5),
  socketTimeout: seconds(15),
  tls: { minVersion: 'TLSv1.2' as const, ...(settings.caFile && { ca: readFileSync(settings.caFile) }) },
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

async function send(transport: ReturnType<typeof transportOf>, from: string, mail: Mail) {
  try {
    const sent = await transport.sendMail({
      from,
      to: { name: '', address: mail.to },
      subject: mail.subject,
      html: mail.html,
      text: mail.text,
      messageId: `<${mail.id}@${from.replace(/^.*@|>.*$/g, '')}>`,
      headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
      disableFileAccess: true,
      disableUrlAccess: true,
      signal: AbortSignal.timeout(sendTimeout),
    })
    return sent.accepted.length > 0 ? ok() : refused('mail-refused')
  } catch (fault) {
    return refused(isFinal(fault as { responseCode?: number }) ? 'mail-refused' : 'mail-unavailable')
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
    ping: async () => (await outage()) === null,
    outage,
    close: async () => transport.close(),
  }
}
