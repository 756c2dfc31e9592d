import { declareCookie } from '../web/cookies.ts'

/** The handle of a journey. A change of an expired password clears it, so that its own receipt is shown. */
export const journeyCookie = declareCookie('journey')
