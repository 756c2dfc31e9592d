import type { Settings } from './config/load.ts'
import { signInReturns } from './create-identity-server.ts'
import type { Finding } from './directory/directory.ts'
import { openSmtpTransport } from './notify/smtp.ts'
import { createApplicationFor } from './portal.ts'
import { checkStatements } from './statements/check.ts'

const finding = (level: Finding['level'], what: string, detail: string): Finding => ({ level, what, detail })

const checkMail = async ({ config }: Settings): Promise<Finding> => {
  if (config.mail.kind === 'demonstration')
    return finding('warning', 'mail', 'Mails go to the demonstration’s mailbox page, and nowhere else.')
  const { host, port } = config.mail
  const transport = openSmtpTransport(config.mail)
  const answers = await transport.ping()
  await transport.close()
  return answers
    ? finding('good', 'mail', `${host}:${port} accepts the portal.`)
    : finding(
        'wrong',
        'mail',
        `${host}:${port} does not accept the portal: check the address, TLS and the account.`,
      )
}

const checkSecurityText = ({ config }: Settings, now: number): Finding[] => {
  if (!config.securityText) return []
  const { expires } = config.securityText
  return Date.parse(expires) > now
    ? [finding('good', 'security.txt', `It is sent until ${expires}.`)]
    : [
        finding(
          'warning',
          'security.txt',
          `It has not been sent since ${expires}: check its contacts, then give securityText.expires a later date.`,
        ),
      ]
}

const messageOf = (fault: unknown) => (fault instanceof Error ? fault.message : String(fault))

/** `sesame check`: tries each connection. It writes nothing but, where one is configured, the canary's password. */
export const checkPortal = async (settings: Settings): Promise<readonly Finding[]> => {
  const mail = await checkMail(settings)
  try {
    const application = await createApplicationFor(settings)
    const store = finding(
      'good',
      'store',
      settings.databaseUrl
        ? 'PostgreSQL answers and its tables are up to date.'
        : 'SQLite opens and its tables are up to date.',
    )
    const lists = application.passwordWrite.rules.leaked.map(({ name, entries, falsePositiveRate }) =>
      finding(
        'good',
        'leaked',
        `The ${name} list holds ${entries} words; it refuses a password wrongly ${falsePositiveRate} of the time.`,
      ),
    )
    const joker = finding(
      'warning',
      'proofs',
      'The joker question alone is refused by NIST 800-63B-4 and ASVS 6.4.2: see docs/decisions/003-joker.md for what limits its risk.',
    )
    const directory = await application.directory.check()
    const services = await Promise.all(
      application.deliveries.targets.flatMap(({ writer, check }) =>
        [...new Set([writer, check])].flatMap(part => part?.check() ?? []),
      ),
    )
    const signIn = (await application.accounts.identityServer?.check(signInReturns(settings))) ?? []
    await application.close()
    return [
      store,
      ...directory,
      ...signIn,
      ...services.flat(),
      mail,
      ...lists,
      joker,
      ...checkStatements(settings),
      ...checkSecurityText(settings, application.clock.now()),
    ]
  } catch (fault) {
    return [finding('wrong', 'start', messageOf(fault)), mail]
  }
}
