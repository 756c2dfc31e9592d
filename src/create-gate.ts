import type { KnownBrowsers } from './account/known-browsers.ts'
import type { Sessions } from './account/sessions/sessions.ts'
import type { Limits } from './limits.ts'
import type { Address } from './web/address.ts'
import type { Cookies } from './web/cookies.ts'
import { allowancesOf, createPostGate } from './web/gate.ts'
import type { createGlobalLimit } from './web/global-limit.ts'
import { createRecognition, type FindPerson } from './web/recognition.ts'

/** The gate of all POSTs: the limits per network and of the whole portal, and the recognition of known browsers. */
export const createGate = (
  application: { limits: Limits; sessions: Sessions; knownBrowsers: KnownBrowsers },
  deps: {
    cookies: Cookies
    isCampus: (address: Address) => boolean
    globalLimit: ReturnType<typeof createGlobalLimit>
  },
) => {
  const { limits, sessions, knownBrowsers } = application
  const now = () => performance.now()
  const findPerson: FindPerson = async (name, value) =>
    name === 'session' ? ((await sessions.find(value))?.person ?? null) : knownBrowsers.owner(value)
  const { capacity, admitted } = deps.globalLimit
  return createPostGate({
    allowances: allowancesOf(limits),
    isCampus: deps.isCampus,
    recognise: createRecognition({ cookies: deps.cookies, findPerson, now }),
    capacity,
    admitted,
    now,
  })
}
