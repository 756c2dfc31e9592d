import { type Result, refused } from '../../result.ts'
import { needsSmtpUtf8 } from '../../texts/mail-address.ts'
import { type Destination, type DestinationKind, type DestinationReason, parseMail } from './destination.ts'
import { parseMobile } from './mobile.ts'

type Deps = {
  /** The prefixes to which messages are sent. */
  readonly countries: readonly string[]
  /** Of the mail server; `null`: it does not answer, and the mail waits for it. */
  readonly smtpUtf8: () => Promise<boolean | null>
}

/** Reads the address or mobile that a person gives, and refuses one that the portal cannot send to, while the person can give another. */
export const createDestinationReader =
  ({ countries, smtpUtf8 }: Deps) =>
  async (kind: DestinationKind, typed: string): Promise<Result<{ to: Destination }, DestinationReason>> => {
    const read = kind === 'mail' ? parseMail(typed) : parseMobile(typed, countries)
    if (kind === 'mail' && read.ok && needsSmtpUtf8(read.to) && (await smtpUtf8()) === false)
      return refused('mail-not-ascii')
    return read
  }

export type DestinationReader = ReturnType<typeof createDestinationReader>
