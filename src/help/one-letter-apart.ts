/**
 * True where one letter makes the difference: one too many, one missing, another one, or two neighbours in the wrong order
 * (« eduroame », « pasword », « imprimente », « wfii »).
 */
export const oneLetterApart = (one: string, other: string) => {
  if (one === other || Math.abs(one.length - other.length) > 1) return false
  let at = 0
  while (at < one.length && one[at] === other[at]) at += 1
  const [rest, otherRest] = [one.slice(at), other.slice(at)]
  const isSwapped = rest[0] === otherRest[1] && rest[1] === otherRest[0]
  return (
    rest.slice(1) === otherRest.slice(1) ||
    rest === otherRest.slice(1) ||
    rest.slice(1) === otherRest ||
    (isSwapped && rest.slice(2) === otherRest.slice(2))
  )
}
