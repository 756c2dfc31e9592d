import { z } from 'zod'

/**
 * A field as a browser sends it: one string, well formed, without U+0000 (PostgreSQL cannot hold it, and no keyboard
 * types it). An array, an object or anything longer did not come from our form: 400, without details.
 */
export const field = (longest = 200) =>
  z
    .string()
    .max(longest)
    .refine(value => value.isWellFormed() && !value.includes('\u0000'))

export const optionalField = (longest = 200) => field(longest).optional().default('')

/** A checkbox: its value when ticked, absent otherwise. */
export const checkbox = () =>
  field(10)
    .optional()
    .transform(value => value !== undefined)
