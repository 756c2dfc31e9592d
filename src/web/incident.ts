import { randomInt } from 'node:crypto'

/** Easy to read over a telephone: no O and 0, no I and 1. */
const letters = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789'
const draw = (length: number) => Array.from({ length }, () => letters[randomInt(letters.length)]).join('')

/** The reference that a page shows, the log holds and the desk asks for. */
export const newReference = () => `SES-${draw(4)}-${draw(3)}`
