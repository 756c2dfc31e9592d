import type { Result } from '../result.ts'

/** The institution's logo, as a part of the mail that its HTML names: nothing is fetched from a server when the mail is read. */
export type MailLogo = { readonly cid: string; readonly type: string; readonly bytes: Buffer }

export type Mail = {
  readonly id: string
  readonly to: string
  readonly subject: string
  readonly html: string
  readonly text: string
  readonly logo?: MailLogo
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
