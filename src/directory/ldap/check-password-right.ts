import { Attribute, Change } from 'ldapts'
import { report } from '../check-lines.ts'
import type { Finding } from '../directory.ts'
import { good } from './check-connection.ts'
import { type ConnectionPool, isServerAnswer } from './connection-pool.ts'
import { ldapFaultSentence } from './fault.ts'
import type { LdapSettings } from './settings.ts'
import type { Survey } from './survey.ts'

/** RFC 4511 §A.2. */
const noSuchAttribute = 16
const insufficientRights = 50

/** A value that no entry has: its removal is refused whatever the rights are, so nothing can be written. */
const absentValue = '{ABSENT}sesame-check'

/**
 * Whether the portal's entry may write the passwords of a population. A modify is applied wholly or not at all (RFC 4511 §4.6),
 * and servers look at the rights first: `insufficientAccessRights`, or, with the rights, `noSuchAttribute`.
 */
export const createPasswordRightCheck = (settings: LdapSettings, connectionPool: ConnectionPool) => {
  const { bindDn, populations } = settings
  return async ({ population, writableDn }: Survey): Promise<Finding[]> => {
    const { base } = populations[population]
    const unknown = (because: string) => [
      report('password-right-unknown', {
        subject: population,
        means: `Whether the portal may write a password could not be tried: ${because}.`,
      }),
    ]
    if (writableDn === null) return unknown('there is nobody whose password it would write')
    const modification = new Attribute({ type: 'userPassword', values: [absentValue] })
    const change = new Change({ operation: 'delete', modification })
    try {
      await connectionPool.with(({ client }) => client.modify(writableDn, change), { retry: true })
    } catch (fault) {
      if (!isServerAnswer(fault)) throw fault
      if (fault.code === noSuchAttribute)
        return [good(`password-right ${population}`, 'The portal’s entry may write passwords.')]
      if (fault.code === insufficientRights)
        return [
          report('password-right', {
            subject: population,
            means: `${bindDn} may not write userPassword below ${base}: nobody there can reset a password.`,
            values: { base, bindDn },
          }),
        ]
      return unknown(`the answer was another (${ldapFaultSentence(fault)})`)
    }
    return unknown('the server accepted the removal of a value that no entry has')
  }
}
