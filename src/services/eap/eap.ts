import { randomBytes } from 'node:crypto'
import type { Finding } from '../../directory/directory.ts'
import { readSecret } from '../../operator-file.ts'
import { refused } from '../../result.ts'
import type { Check, ProofResult } from '../services.ts'
import { defaultPrograms, findProgram, runEapolTest } from './eapol-test.ts'
import { networkBlock } from './network.ts'
import { openRelay } from './relay.ts'
import type { EapSettings } from './settings.ts'
import { verdictOf } from './verdict.ts'

/** Milliseconds in which the process of `eapol_test` is killed after its time-out. */
const killMargin = 1000

/** Proves a password by a login to eduroam: PEAP-MSCHAPv2 by `eapol_test`, as a device would, on the RADIUS server of the campus. */
export const createEapCheck = (settings: EapSettings): Check => {
  const { server, port, timeout } = settings
  const secret = Buffer.from(readSecret(settings.secretFile))

  const login = async (name: string, password: string): Promise<ProofResult> => {
    const program = findProgram(settings.program)
    if (!program) return refused('service-unavailable')
    const relay = await openRelay({ host: server, port, secret }).catch(() => null)
    if (!relay) return refused('service-unavailable')
    try {
      const result = await runEapolTest(program, networkBlock(settings, name, password), {
        ...relay,
        timeout,
      })
      return verdictOf(result, relay.hasRejected())
    } finally {
      relay.close()
    }
  }

  /** Tries a login that does not exist: a server that refuses it has shown its certificate and checked a password. */
  const check = async (): Promise<readonly Finding[]> => {
    const what = 'eduroam'
    if (!findProgram(settings.program)) {
      const paths = settings.program ?? defaultPrograms.join(' or ')
      return [{ level: 'wrong', what, detail: `${paths} is missing (Debian: eapoltest).` }]
    }
    const proved = await login('sesame-check', randomBytes(12).toString('base64url'))
    return !proved.ok && proved.reason === 'login-refused'
      ? [{ level: 'good', what, detail: `${server}:${port} shows its certificate and checks passwords.` }]
      : [
          {
            level: 'wrong',
            what,
            detail: `${server}:${port} does not check passwords: check the address, the secret, caFile, serverName, and that it knows the portal as a client.`,
          },
        ]
  }

  return {
    longest: timeout + killMargin,
    prove: ({ login: name }, password) => login(name, password),
    check,
    close: async () => {},
  }
}
