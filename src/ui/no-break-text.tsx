const joined = /((?:\p{L}+-(?:je|tu|il|elle|nous|vous|ils|elles|moi|ce)|ci-\p{L}+)(?!\p{L}))/u

/** Keeps « avez-vous » and « ci-dessous » on one line: a browser may break a line after the hyphen. */
export const noBreakText = (text: string) =>
  text.split(joined).map((part, index) => (index % 2 === 1 ? <span class="nb">{part}</span> : part))
