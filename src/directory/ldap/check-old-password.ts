import { report } from '../check-lines.ts'
import type { Finding } from '../directory.ts'
import { valuesOf } from './attributes.ts'
import { good } from './check-connection.ts'
import { type ConnectionPool, isServerAnswer } from './connection-pool.ts'
import { findPolicies, policyContext } from './lockout.ts'
import type { LdapSettings } from './settings.ts'

/**
 * draft-behera-ldap-password-policy-10 §5.2.17, pwdSafeModify: the server writes no password without the old one, which nobody
 * knows who has forgotten it.
 */
export const createOldPasswordCheck =
  (settings: LdapSettings, connectionPool: ConnectionPool) => async (): Promise<Finding[]> => {
    const policies = await findPolicies(settings, connectionPool, ['pwdSafeModify'])
    if (policies === null)
      return [
        report('old-password-unknown', {
          means:
            'The server has password policies, and the portal’s entry finds none: whether they ask for the old password at each change is not known.',
          values: { base: await policyContext(settings, connectionPool), bindDn: settings.bindDn },
        }),
      ]
    const asks = async (dn: string) => {
      try {
        return await connectionPool.with(({ client }) => client.compare(dn, 'pwdSafeModify', 'TRUE'), {
          retry: true,
        })
      } catch (fault) {
        if (isServerAnswer(fault)) return false
        throw fault
      }
    }
    const findings: Finding[] = []
    for (const policy of policies)
      if (valuesOf(policy, 'pwdSafeModify').includes('TRUE') || (await asks(policy.dn)))
        findings.push(
          report('old-password', {
            subject: policy.dn,
            means: 'pwdSafeModify is TRUE: nobody who forgot their password can get a new one.',
            values: { policy: policy.dn },
          }),
        )
    if (findings.length > 0 || policies.length === 0) return findings
    return [good('old-password', 'No password policy asks for the old password.')]
  }
