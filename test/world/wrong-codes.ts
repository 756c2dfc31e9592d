const characters = '23456789ABCDEFGHJKMNPQRSTVWXYZ'
const base = characters.length

/** An activation code of the right form that nobody has: another one for each number below 810,000. */
export const wrongActivationCode = (which = 0) => {
  const last = [3, 2, 1, 0].map(place => characters[Math.floor(which / base ** place) % base])
  return `AAAA-BBBB-CCCC-${last.join('')}`
}
