import { readFileSync } from 'node:fs'
import type { SecureContextOptions } from 'node:tls'

/**
 * The TLS options that trust the private authority of a `caFile`. The file may hold the issuing authority alone, without the root
 * above it, as other programs accept it: what the operator names is trusted, and nothing else.
 */
export const trustedAuthority = (
  caFile: string | undefined,
): Pick<SecureContextOptions, 'ca' | 'allowPartialTrustChain'> =>
  caFile === undefined ? {} : { ca: readFileSync(caFile), allowPartialTrustChain: true }
