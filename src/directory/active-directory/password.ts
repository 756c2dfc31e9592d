import { Attribute, Change, type Client, Control } from 'ldapts'
import { isServerAnswer } from '../ldap/connection-pool.ts'
import type { ActiveDirectorySettings } from './settings.ts'

/** MS-ADTS §3.1.1.3.1.5.1: the password between double quotes, in UTF-16 little-endian. */
const encodePassword = (password: string) => Buffer.from(`"${password}"`, 'utf16le')

const replace = (type: string, value: Buffer | string) =>
  new Change({
    operation: 'replace',
    modification: new Attribute(
      typeof value === 'string' ? { type, values: [value] } : { type, values: [value] },
    ),
  })

/**
 * A password reset with its accompanying changes in one request, so that all of it is applied or nothing. It also clears
 * « must change at next sign-in », because the server sets pwdLastSet unless the request sets it to 0.
 */
export const passwordReset = (
  password: string,
  { unlock, mustChange }: Pick<ActiveDirectorySettings, 'unlock' | 'mustChange'>,
) => [
  replace('unicodePwd', encodePassword(password)),
  ...(unlock ? [replace('lockoutTime', '0')] : []),
  ...(mustChange ? [replace('pwdLastSet', '0')] : []),
]

/**
 * A password change with the old password (MS-ADTS §3.1.1.3.1.5.1): a delete and an add in one request. It needs no right
 * but the old password, and is subject to the domain's minimum age and history.
 */
export const passwordChange = (old: string, password: string) =>
  (['delete', 'add'] as const).map(
    operation =>
      new Change({
        operation,
        modification: new Attribute({
          type: 'unicodePwd',
          values: [encodePassword(operation === 'delete' ? old : password)],
        }),
      }),
  )

export const policyHintsOid = '1.2.840.113556.1.4.2239'

/** LDAP_SERVER_POLICY_HINTS (MS-ADTS §3.1.1.3.4.1.27): SEQUENCE { Flags INTEGER 1 } makes a reset obey the history. */
export class PolicyHintsControl extends Control {
  constructor() {
    super(policyHintsOid)
  }
  protected override writeControl(writer: Parameters<Control['write']>[0]): void {
    writer.writeBuffer(Buffer.from([0x30, 0x03, 0x02, 0x01, 0x01]), 0x04)
  }
}

const insufficientRights = 50

/** True when the account may reset this password. It sends a value without quotes, which every server refuses. */
export const canResetPassword = async (client: Client, dn: string): Promise<boolean> => {
  try {
    await client.modify(dn, [replace('unicodePwd', Buffer.from('x'))])
    return true
  } catch (fault) {
    if (!isServerAnswer(fault)) throw fault
    return fault.code !== insufficientRights
  }
}
