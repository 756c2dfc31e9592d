const pronouns = /(\p{L}+-(?:je|tu|il|elle|nous|vous|ils|elles|moi|ce))(?!\p{L})/u

/** Keeps « avez-vous » on one line: a browser may break a line after the hyphen. */
export const noBreakText = (heading: string) =>
  heading.split(pronouns).map((part, index) => (index % 2 === 1 ? <span class="nb">{part}</span> : part))
