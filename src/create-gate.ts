import { type KnownBrowsers, knownBrowserCookie } from './identity/known-browsers.ts'
import { sessionCookie } from './identity/session.ts'
import type { Sessions } from './identity/sessions.ts'
import type { Address } from './limits/address.ts'
import { allowancesOf, createPostGate } from './limits/gate.ts'
import type { createGlobalLimit } from './limits/global-limit.ts'
import type { Limits } from './limits/limits.ts'
import { type BrowserHandle, createRecognition } from './limits/recognition.ts'
import type { Cookies } from './web/cookies.ts'

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
  const owners = [
    { cookie: knownBrowserCookie, findPerson: knownBrowsers.owner },
    {
      cookie: sessionCookie,
      findPerson: async (value: string) => (await sessions.find(value))?.person ?? null,
    },
  ]
  const handlesOf = (header: string | undefined): readonly BrowserHandle[] =>
    header === undefined
      ? []
      : owners.flatMap(({ cookie, findPerson }) => {
          const value = deps.cookies.ownHandle(header, cookie)
          return value === null ? [] : [{ kind: cookie.name, value, findPerson }]
        })
  const { capacity, admitted } = deps.globalLimit
  return createPostGate({
    allowances: allowancesOf(limits),
    isCampus: deps.isCampus,
    recognise: createRecognition({ handlesOf, now }),
    capacity,
    admitted,
    now,
  })
}
