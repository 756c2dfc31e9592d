import { jwtVerify } from 'jose'
import { z } from 'zod'
import type { Provider } from './discovery.ts'
import { type LogoutMessage, logoutMaxAge } from './identity-server.ts'

const event = 'http://schemas.openid.net/event/backchannel-logout'

/** OpenID Connect Back-Channel Logout 1.0 §2.4. A `nonce` is prohibited: the token would be an ID token. */
const claims = z
  .object({
    jti: z.string().min(1).max(300),
    iat: z.number(),
    events: z.object({ [event]: z.object({}) }),
    sub: z.string().min(1).max(300).optional(),
    sid: z.string().min(1).max(300).optional(),
    nonce: z.undefined().optional(),
  })
  .refine(({ sub, sid }) => sub !== undefined || sid !== undefined)

/** Validates a logout token (§2.6): signature, issuer, audience, age, event. Throws the errors of jose. */
export const readLogoutToken = async (
  { config, keys }: Provider,
  clientId: string,
  token: string,
): Promise<LogoutMessage | null> => {
  const { issuer, id_token_signing_alg_values_supported: algorithms } = config.serverMetadata()
  const { payload, protectedHeader } = await jwtVerify(token, keys, {
    issuer,
    audience: clientId,
    maxTokenAge: logoutMaxAge,
    clockTolerance: 30,
    ...(algorithms && { algorithms: algorithms.filter(name => !/^(none|HS)/.test(name)) }),
  })
  const { typ } = protectedHeader
  if (typ !== undefined && typ.toLowerCase() !== 'logout+jwt' && typ !== 'JWT') return null
  const read = claims.safeParse(payload)
  if (!read.success) return null
  const { sid, sub, jti } = read.data
  return { session: sid ?? null, subject: sub ?? null, messageId: `${issuer} ${jti}` }
}
