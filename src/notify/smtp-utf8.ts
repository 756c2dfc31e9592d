import SMTPConnection from 'nodemailer/lib/smtp-connection'
import { minutes, seconds } from '../clock.ts'

type ConnectionOptions = ConstructorParameters<typeof SMTPConnection>[0]

/** How long an answer is kept; without one, the server is asked again soon. */
const keptFor = { answer: minutes(10), none: seconds(30) }

/** RFC 6531 §3.1: the server announces the extension in its answer to EHLO. */
const announces = (options: ConnectionOptions): Promise<boolean> =>
  new Promise((resolve, reject) => {
    const connection = new SMTPConnection(options)
    connection.once('error', fault => {
      connection.close()
      reject(fault)
    })
    connection.connect(fault => {
      if (fault) return reject(fault)
      const announced = /[ -]SMTPUTF8\b/i.test(connection.lastServerResponse || '')
      connection.quit()
      resolve(announced)
    })
  })

/**
 * Whether the mail server takes addresses whose part before the @ is not ASCII; `null`: it does not answer. The last answer is kept
 * for a while, and for as long as there is no newer one.
 */
export const createSmtpUtf8 = (options: ConnectionOptions) => {
  let known: boolean | null = null
  let until = 0
  let asking: Promise<boolean | null> | null = null
  const ask = async () => {
    const answer = await announces(options).catch(() => null)
    until = performance.now() + (answer === null ? keptFor.none : keptFor.answer)
    known = answer ?? known
    return known
  }
  return async (): Promise<boolean | null> => {
    if (performance.now() < until) return known
    // One connection for all who wait: each is caused by somebody's form.
    asking ??= ask().finally(() => {
      asking = null
    })
    return asking
  }
}
