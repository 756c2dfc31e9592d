/**
 * A fault in the institution's own words or look. None keeps the portal from starting or shows on a page: the product's sentence, logo
 * or colour is used in its place (`docs/decisions/031-overrides.md`).
 */
export type OverrideFault = {
  /** `warning`: what was given is used, or nothing was given where something was probably meant. */
  readonly level: 'wrong' | 'warning'
  readonly file: string
  /** `null`: the file as a whole. */
  readonly line: number | null
  readonly sentence: string
}

export const wrong = (file: string, line: number | null, sentence: string): OverrideFault => ({
  level: 'wrong',
  file,
  line,
  sentence,
})
