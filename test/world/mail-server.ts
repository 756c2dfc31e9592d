import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type ParsedMail, simpleParser } from 'mailparser'
import { SMTPServer } from 'smtp-server'

export type ReceivedMail = ParsedMail & {
  readonly recipients: string[]
  readonly secure: boolean
  /** The name by which the client greeted the server. */
  readonly clientName: string
}

type Options = {
  readonly port: number
  /** `none`: no TLS and no account, as on a loopback. */
  readonly tls: 'implicit' | 'starttls' | 'none'
  /** Folder of `server.key` and `server.pem`. */
  readonly folder: string
  /** `user:password` that the server requires. */
  readonly account?: string
  /** False: it takes no address that is not ASCII before the @ (RFC 6531). */
  readonly smtpUtf8?: boolean
}

/** A real SMTP server on the loopback, which a test can make refuse senders or recipients. */
export const startMailServer = async ({ port, tls, folder, account, smtpUtf8 = true }: Options) => {
  const received: ReceivedMail[] = []
  let answer: { code: number; words: string; about: 'sender' | 'recipient' } | null = null
  const refusalOf = (about: 'sender' | 'recipient') =>
    answer?.about === about ? Object.assign(new Error(answer.words), { responseCode: answer.code }) : null
  const server = new SMTPServer({
    secure: tls === 'implicit',
    hideSMTPUTF8: !smtpUtf8,
    ...(tls === 'none'
      ? { disabledCommands: ['STARTTLS', 'AUTH'] }
      : { key: readFileSync(join(folder, 'server.key')), cert: readFileSync(join(folder, 'server.pem')) }),
    authOptional: tls === 'none',
    onAuth: ({ username, password }, _, done) =>
      `${username}:${password}` === account ? done(null, { user: username }) : done(new Error('no')),
    onMailFrom: (_, __, done) => done(refusalOf('sender')),
    onRcptTo: (_, __, done) => done(refusalOf('recipient')),
    onData: (stream, session, done) => {
      simpleParser(stream).then(mail => {
        const recipients = session.envelope.rcptTo.map(({ address }) => address)
        const { secure, hostNameAppearsAs: clientName } = session
        received.push({ ...mail, recipients, secure, clientName })
        done()
      }, done)
    },
  })
  server.on('error', () => {})
  await new Promise<void>(resolve => server.listen(port, '127.0.0.1', resolve))
  return {
    received: received as readonly ReceivedMail[],
    refuseWith: (code: number, words: string, about: 'sender' | 'recipient' = 'recipient') => {
      answer = { code, words, about }
    },
    accept: () => {
      answer = null
    },
    stop: () => new Promise<void>(resolve => server.close(() => resolve())),
  }
}

export type MailServer = Awaited<ReturnType<typeof startMailServer>>
