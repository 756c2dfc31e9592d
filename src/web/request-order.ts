/**
 * What happens to a request, in this order; a step that answers ends it. `server.ts` and `register-routes.ts` say what each step
 * does, and register these alone.
 */
export const requestOrder = {
  /** Of every request, before its body is read. */
  arrived: ['checkHost', 'warnAboutAddress', 'passGate'],
  /** Of a request whose route has a handler, once its body is read. A page that is the same for everyone is sent without them. */
  routed: ['refusePath', 'refuseOrigin', 'refuseWhenFull', 'handle'],
  /** Once it is answered. */
  answered: ['observe'],
} as const

/** The steps of a part of this order. One that is missing, or that the order does not name, does not compile. */
export const inOrder = <Name extends string, Step>(
  names: readonly Name[],
  steps: { readonly [name in Name]: Step },
): readonly Step[] => names.map(name => steps[name])
