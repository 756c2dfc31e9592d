import { Attribute, Change, type Client, Control } from 'ldapts'
import { isServerAnswer } from '../ldap/connection-pool.ts'
import type { ActiveDirectorySettings } from './settings.ts'

/** MS-ADTS §3.1.1.3.1.5.1: the password between quotes, as UTF-16 little-endian octets. */
const encodePassword = (password: string) => Buffer.from(`"${password}"`, 'utf16le')

const replace = (type: string, value: Buffer | string) =>
  new Change({
    operation: 'replace',
    modification: new Attribute(
      typeof value === 'string' ? { type, values: [value] } : { type, values: [value] },
    ),
  })

/**
 * A reset, in one request with what goes with it, so that a crash leaves all of it or nothing. It also ends an order to
 * change the password: the server stamps pwdLastSet unless it is told otherwise.
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
 * A change by whoever knows the old password (MS-ADTS §3.1.1.3.1.5.1): removed and added in one request. It needs no right
 * but the old password itself, and obeys the domain's age and history.
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

/** May this password be reset? Asked with a value without its quotes, which no server takes: nothing is written. */
export const canResetPassword = async (client: Client, dn: string): Promise<boolean> => {
  try {
    await client.modify(dn, [replace('unicodePwd', Buffer.from('x'))])
    return true
  } catch (fault) {
    if (!isServerAnswer(fault)) throw fault
    return fault.code !== insufficientRights
  }
}
