import fc from 'fast-check'

/**
 * The same cases in every run: what turns red is of the change at hand. `SEED=<number> npm test` draws others, as
 * `npm run attack` does for sequences of requests.
 */
export const seed = Number(process.env.SEED ?? 1)

fc.configureGlobal({ ...fc.readConfigureGlobal(), seed })

export { fc }
