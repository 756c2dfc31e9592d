import { plain } from '../../texts/plain.ts'
import { smallestBlock } from './core.ts'

const rows = ['azertyuiop', 'qsdfghjklm', 'wxcvbn', 'qwertyuiop', 'asdfghjkl', 'zxcvbnm']
const columns = '1aqw 1qaz 2zsx 2wsx 3edc 4rfv 5tgb 6yhn 7ujm 8ik 9ol 0pm 147 258 369'.split(' ')
const orders = ['abcdefghijklmnopqrstuvwxyz', '01234567890']

const reversed = (text: string) => [...text].reverse().join('')
const lines = [...rows, ...columns, ...orders].flatMap(line => [line, reversed(line)])

const shortest = 3

const isRun = (text: string) => /^(.)\1*$/.test(text) || lines.some(line => line.includes(text))

/** Consists of runs only, each of three keys or more: `azertyqsdf`, `1qaz2wsx3edc`, `abc123`. */
const isMadeOfRuns = (text: string) => {
  const reached = new Set([0])
  for (let end = shortest; end <= text.length; end += 1)
    for (const start of reached)
      if (end - start >= shortest && isRun(text.slice(start, end))) reached.add(end)
  return text.length >= shortest && reached.has(text.length)
}

/** Adjacent keys of an azerty or qwerty keyboard, the alphabet, counting, or at most three keys repeated. */
export const isKeyboardRun = (password: string) => {
  const text = plain(password)
  const typedKeys = text.replace(/[^a-z0-9]/g, '')
  const letters = text.replace(/[^a-z]/g, '')
  const block = smallestBlock(text)
  return isMadeOfRuns(typedKeys) || isMadeOfRuns(letters) || (block !== text && block.length <= shortest)
}

/** Dates, telephone and student numbers: fifteen digits have less than the 50 bits that the CNIL requires. */
export const isNumber = (password: string) => /^[\d\s./:+-]+$/.test(password)
