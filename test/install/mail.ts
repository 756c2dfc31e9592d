// The mail server of the institution, for the bare root: it prints a line for each mail. Arguments: its folder, its account.
import { startMailServer } from '../world/mail-server.ts'

const [, , folder = '', account = ''] = process.argv
const server = await startMailServer({ port: 587, tls: 'starttls', folder, account })
console.log('ready')
let printed = 0
setInterval(() => {
  for (const { recipients, subject } of server.received.slice(printed))
    console.log(`${recipients} ${subject}`)
  printed = server.received.length
}, 50)
