/** Placeholder replaced below. */
export const run = async (_: readonly string[]) => {}
