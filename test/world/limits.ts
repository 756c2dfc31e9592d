/**
 * Rate limits that no test reaches: tests send faster than people do, and all from one address. A test that is about one of these
 * limits sets its own figure. What the limits do at their real figures is in `limits.test.ts` and `gate.test.ts`.
 */
export const unlimitedPosts = { postsPerSecond: 1e6, postsPerSecondPerNetwork: 1e6 }

/** The same, and any number of sign-ins. */
export const unlimited = { ...unlimitedPosts, signInPerNetwork: 1e6 }

/** Any number of identifications and of open journeys of one network. */
export const unlimitedJourneys = { identificationPerNetwork: 1e6, journeysPerNetwork: 1e6 }
