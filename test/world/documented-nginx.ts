import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { join } from 'node:path'
import { createCertificateAuthority } from './authority.ts'
import { root } from './root.ts'

const program = '/usr/sbin/nginx'
export const hasNginx = () => existsSync(program)

type Settings = {
  /** Its files. */
  readonly folder: string
  readonly port: number
  /** The ports of the portal's processes: one, or the two of the upstream's example. */
  readonly behind: readonly [number] | readonly [number, number]
}

/** The example configuration of the documentation, with the ports and the certificate of this test. */
const configurationOf = ({ folder, port, behind: [first, second] }: Settings) => {
  const example = readFileSync(join(root, 'docs/operate/nginx.conf'), 'utf8')
    .replace('listen 443 ssl', `listen 127.0.0.1:${port} ssl`)
    .replaceAll('127.0.0.1:3000', `127.0.0.1:${first}`)
    .replace('/etc/ssl/certs/portal.pem', join(folder, 'server.pem'))
    .replace('/etc/ssl/private/portal.key', join(folder, 'server.key'))
  return second === undefined
    ? example
    : example.replace('# server 192.0.2.12:3000 ', `server 127.0.0.1:${second} `)
}

export type TlsAnswer = { readonly status: number; readonly location: string; readonly html: string }
type Fields = Readonly<Record<string, string>>

/** A browser without scripts, over TLS, with the cookie of its journey. */
const newTlsBrowser = ({ folder, port }: Settings) => {
  let cookie = ''
  return (path: string, form?: Fields, more: Fields = {}) =>
    new Promise<TlsAnswer>((resolve, reject) => {
      const body = form ? new URLSearchParams(form).toString() : ''
      const type = { 'content-type': 'application/x-www-form-urlencoded' }
      const headers = {
        cookie,
        'accept-language': 'fr',
        'sec-fetch-site': 'same-origin',
        ...(form && type),
        ...more,
      }
      const sent = request(
        {
          ...{ host: 'localhost', port, path, headers, agent: false },
          method: form ? 'POST' : 'GET',
          ca: readFileSync(join(folder, 'ca.pem')),
        },
        answer => {
          for (const line of answer.headers['set-cookie'] ?? [])
            if (line.startsWith('__Host-journey')) cookie = line.split(';')[0] ?? ''
          const parts: Buffer[] = []
          answer.on('data', part => parts.push(part))
          answer.on('error', reject)
          answer.on('end', () =>
            resolve({
              status: answer.statusCode ?? 0,
              location: answer.headers.location ?? '',
              html: Buffer.concat(parts).toString(),
            }),
          )
        },
      )
      sent.on('error', reject)
      sent.end(body)
    })
}

/** A real nginx with the documented configuration; ready once a page of the portal comes through it. */
export const startDocumentedNginx = async (settings: Settings) => {
  const { folder } = settings
  createCertificateAuthority(folder)
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    name => `${name}_temp_path ${folder}/${name};`,
  )
  const file = join(folder, 'nginx.conf')
  const http = `access_log off; ${temporary.join(' ')}\n${configurationOf(settings)}`
  writeFileSync(
    file,
    `daemon off; pid ${folder}/nginx.pid; error_log ${folder}/error.log;\nevents {}\nhttp { ${http}\n}`,
  )
  const child = spawn(program, ['-c', file, '-p', folder], { stdio: 'ignore' })
  const newBrowser = () => newTlsBrowser(settings)
  const isUp = () =>
    newBrowser()('/sesame/fr/').then(
      ({ status }) => status === 200,
      () => false,
    )
  for (let tried = 0; !(await isUp()); tried += 1) {
    const log = join(folder, 'error.log')
    if (tried > 300)
      throw new Error(`nginx does not answer: ${existsSync(log) ? readFileSync(log, 'utf8') : ''}`)
    await new Promise(resolve => setTimeout(resolve, 100))
  }
  return {
    newBrowser,
    stop: async () => {
      const exited = once(child, 'exit')
      child.kill('SIGTERM')
      await exited
    },
  }
}
