import { activationCodes } from '../../src/commands/activation-codes.ts'

/**
 * `sesame activation-codes`, which kills itself with SIGKILL at the failpoint of `CRASH_AT`: its name, and how many times it is
 * passed before. Arguments: the list, the letters, the CSV file.
 */
const [name, passed] = (process.env.CRASH_AT ?? '').split(':')
const [, , list = '', letters = '', output = ''] = process.argv
let times = 0
await activationCodes(list, { by: 'thomas', reason: 'rentrée', language: 'fr', letters, output }, at => {
  if (at !== name) return
  if (times === Number(passed)) process.kill(process.pid, 'SIGKILL')
  times += 1
})
