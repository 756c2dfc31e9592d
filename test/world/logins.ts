import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client, InvalidCredentialsError } from 'ldapts'
import type { LemonLdap } from './lemonldap.ts'
import type { Radius } from './radius.ts'

/** Logins as the services make them, without code of the product: they prove that its receipts are true. */
const quoted = (text: string) => `"${text}"`

/** Configuration of `eapol_test` for a login like that of a Wi-Fi device: PEAP with MSCHAPv2. */
export const eduroamNetwork = (radius: Radius, login: string, password: string) => `network={
  key_mgmt=WPA-EAP
  eap=PEAP
  anonymous_identity=${quoted(`anonymous@${radius.realm}`)}
  identity=${quoted(`${login}@${radius.realm}`)}
  password=${quoted(password)}
  ca_cert=${quoted(radius.caFile)}
  domain_suffix_match="localhost"
  phase2="auth=MSCHAPV2"
}
`

export const logsInToEduroam = async (radius: Radius, login: string, password: string) => {
  const folder = mkdtempSync(join(tmpdir(), 'sesame-wifi-'))
  const file = join(folder, 'network.conf')
  writeFileSync(file, eduroamNetwork(radius, login, password), { mode: 0o600 })
  const args = ['-c', file, '-a', radius.server, '-p', String(radius.port), '-s', radius.secret, '-t', '5']
  const output = await new Promise<string>(resolve =>
    execFile('eapol_test', args, { maxBuffer: 1 << 24 }, (_, stdout) => resolve(stdout)),
  )
  rmSync(folder, { recursive: true, force: true })
  const verdict = output.trim().split('\n').at(-1)
  if (verdict !== 'SUCCESS' && verdict !== 'FAILURE') throw new Error(`eapol_test says ${verdict}`)
  return verdict === 'SUCCESS'
}

/** A bind over TLS, then a search on that connection: only the search proves the bind in Active Directory. */
export const binds = async (server: { url: string; caFile: string }, name: string, password: string) => {
  const { hostname } = new URL(server.url)
  const client = new Client({
    url: server.url,
    tlsOptions: { ca: readFileSync(server.caFile), host: hostname },
    strictDN: false,
  })
  try {
    await client.bind(name, password)
    await client.search('', { scope: 'base', attributes: ['1.1'] })
    return true
  } catch (fault) {
    if (fault instanceof InvalidCredentialsError) return false
    throw fault
  } finally {
    await client.unbind().catch(() => {})
  }
}

type Page = { readonly location: string; readonly body: string; readonly cookies: readonly string[] }

const ask = (lemonldap: LemonLdap, path: string, cookies: readonly string[], form?: URLSearchParams) =>
  new Promise<Page>((resolve, reject) => {
    const asked = request(
      new URL(path, lemonldap.url),
      {
        ca: readFileSync(lemonldap.caFile),
        method: form ? 'POST' : 'GET',
        headers: {
          cookie: cookies.join('; '),
          ...(form && { 'content-type': 'application/x-www-form-urlencoded' }),
        },
      },
      response => {
        let body = ''
        response.on('data', data => {
          body += data
        })
        response.on('end', () =>
          resolve({
            body,
            location: response.headers.location ?? '',
            cookies: (response.headers['set-cookie'] ?? []).map(cookie => cookie.split(';', 1)[0] ?? ''),
          }),
        )
      },
    )
    asked.on('error', reject)
    asked.end(form?.toString())
  })

const hiddenFields = (html: string) =>
  [...html.matchAll(/<input[^>]*type="hidden"[^>]*>/g)].flatMap(([tag]) => {
    const name = /name="([^"]*)"/.exec(tag)?.[1]
    return name ? [[name, /value="([^"]*)"/.exec(tag)?.[1] ?? ''] as const] : []
  })

/** A login to an application behind CAS: the form, the ticket, and its validation by the application. */
export const logsInToCas = async (lemonldap: LemonLdap, login: string, password: string) => {
  const service = encodeURIComponent('https://ent.univ.example/')
  const path = `/cas/login?service=${service}`
  const form = await ask(lemonldap, path, [])
  const fields = new URLSearchParams([
    ...hiddenFields(form.body).map(([name, value]) => [name, value]),
    ['user', login],
    ['password', password],
  ])
  const { location } = await ask(lemonldap, path, form.cookies, fields)
  const ticket = /[?&]ticket=([^&]+)/.exec(location)?.[1]
  if (!ticket) return false
  const validation = await ask(lemonldap, `/cas/p3/serviceValidate?service=${service}&ticket=${ticket}`, [])
  return validation.body.includes(`<cas:user>${login}</cas:user>`)
}
