/** A language: its sentences, and what depends on it besides. */
export type Locale<Key extends string = string> = {
  /** Its own name for itself, for the link that leads to it. */
  readonly name: string
  readonly direction: 'ltr' | 'rtl'
  /** The tag by which dates and numbers are formatted (BCP 47). */
  readonly formats: string
  /** What the formats of the platform write otherwise than the language does, in a long date. */
  readonly typesetDate: (date: string) => string
  /** Applied once to each sentence: authors type plain quotes and spaces. */
  readonly typeset: (text: string) => string
  readonly quote: (text: string) => string
  /** Between a label and its value, without the space after it. */
  readonly colon: string
  /**
   * The language of the institution's own texts (names of services, opening hours, charter) where the configuration has
   * none in this one. `null`: the configuration must have them.
   */
  readonly fallback: string | null
  readonly texts: Readonly<Record<Key, string>>
  readonly demonstrationCharter: string
}
