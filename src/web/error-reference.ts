import { randomInt } from 'node:crypto'

/** Easy to read over a telephone: no O and 0, no I and 1. */
const alphabet = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789'
const draw = (length: number) => Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('')

/** A reference that the page shows and the log contains, so that the helpdesk can find the line. */
export const newReference = () => `SES-${draw(4)}-${draw(3)}`
