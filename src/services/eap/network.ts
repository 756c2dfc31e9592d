import type { EapSettings } from './settings.ts'

/** wpa_supplicant reads a text between quotes up to the last quote of the line, or in hexadecimal: only that is exact. */
const exact = (text: string) => Buffer.from(text, 'utf8').toString('hex')

/** The network that `eapol_test` joins: the login as a device of the person makes it, its certificate checked. */
export const networkBlock = (settings: EapSettings, login: string, password: string) => {
  const { realm, anonymousIdentity = `anonymous@${realm}`, caFile, serverName } = settings
  const lines = [
    'key_mgmt=WPA-EAP',
    'eap=PEAP',
    'phase2="auth=MSCHAPV2"',
    `anonymous_identity=${exact(anonymousIdentity)}`,
    `identity=${exact(`${login}@${realm}`)}`,
    `password=${exact(password)}`,
    `ca_cert=${exact(caFile)}`,
    `domain_suffix_match="${serverName}"`,
  ]
  return `network={\n${lines.join('\n')}\n}\n`
}
