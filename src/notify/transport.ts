import type { Result } from '../result.ts'

export type Mail = {
  readonly id: string
  readonly to: string
  readonly subject: string
  readonly html: string
  readonly text: string
}

/** Sends mails. `mail-refused` is final for that destination; `mail-unavailable` is tried again. */
export interface MailTransport {
  /** `ok` only after the server's explicit acceptance. */
  send(mail: Mail): Promise<Result<object, 'mail-unavailable' | 'mail-refused'>>
  /** Whether it takes addresses whose part before the @ is not ASCII (RFC 6531); `null`: it does not answer. */
  smtpUtf8(): Promise<boolean | null>
  /** Why the mail server cannot be used, in a sentence for the operator; `null` when it can. */
  outage(): Promise<string | null>
  close(): Promise<void>
}
