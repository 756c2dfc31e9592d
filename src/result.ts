/**
 * An expected outcome is a value. `reason` is a key of the texts: a refusal without its sentence in every
 * language does not compile (see `texts/texts.ts`). Exceptions are bugs and become a 500 with a reference.
 */
export type Ok<T = unknown> = { readonly ok: true } & T
export type Refused<R extends string> = { readonly ok: false; readonly reason: R }
export type Result<T, R extends string> = Ok<T> | Refused<R>

export const ok = <T extends object>(value: T = {} as T): Ok<T> => ({ ok: true, ...value })
export const refused = <R extends string>(reason: R): Refused<R> => ({ ok: false, reason })
