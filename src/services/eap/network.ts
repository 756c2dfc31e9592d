import type { EapSettings } from './settings.ts'

/** In hexadecimal: wpa_supplicant reads a quoted text up to the last quote of the line, which is ambiguous. */
const hexText = (text: string) => Buffer.from(text, 'utf8').toString('hex')

/** The network configuration for `eapol_test`: the login of a person's device, with the server's certificate checked. */
export function networkBlock(settings: EapSettings, login: string, password: string) {
  const { realm, anonymousIdentity = `anonymous@${realm}`, caFile, serverName } = settings
  const lines = [
    'key_mgmt=WPA-EAP',
    'eap=PEAP',
    'phase2="auth=MSCHAPV2"',
    `anonymous_identity=${hexText(anonymousIdentity)}`,
    `identity=${hexText(`${login}@${realm}`)}`,
    `password=${hexText(password)}`,
    `ca_cert=${hexText(caFile)}`,
    `domain_suffix_match="${serverName}"`,
  ]
  return `network={\n${lines.join('\n')}\n}\n`
}
