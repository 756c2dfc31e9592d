import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { startCampus } from '../test/world/campus.ts'
import { eduroamNetwork } from '../test/world/logins.ts'
import { labPage, mailsPage } from './pages.tsx'

const portOf = (name: string, usual: number) => Number(process.env[name] ?? usual)

/** Starts the rehearsal campus with a page that says what to try. Ctrl-C stops every server and deletes their files. */
export const openLab = async () => {
  console.log('Starting slapd, FreeRADIUS, Samba AD, LemonLDAP::NG, a mail server and the portal…')
  const log = process.env.LAB_LOG ? (line: string) => console.error(line) : () => {}
  const campus = await startCampus({ port: portOf('PORT', 3000), log })
  const network = join(campus.folder, 'camille.conf')
  writeFileSync(network, eduroamNetwork(campus.radius, 'clefevre', 'PASSWORD'), { mode: 0o600 })

  const pages = createServer((request, response) => {
    const page = request.url === '/mails' ? mailsPage(campus.mail.received) : labPage(campus, network)
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' })
    response.end(page)
  })
  await new Promise<void>(resolve => pages.listen(portOf('LAB_PORT', 3001), '127.0.0.1', resolve))
  const { port } = pages.address() as { port: number }
  console.log(`What to try: http://localhost:${port}\nThe portal:  ${campus.url}\nCtrl-C stops everything.`)

  let stopping = false
  const stop = async () => {
    if (stopping) return
    stopping = true
    console.log('Stopping the campus…')
    pages.close()
    await campus.stop()
    console.log('Stopped.')
    process.exit(0)
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
}
