import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

const openssl = (...given: string[]) =>
  execFileSync('openssl', given, { stdio: ['ignore', 'ignore', 'pipe'] })

/** Creates a private CA and a server certificate for these names and the address: `ca.pem`, `server.pem`, `server.key`. */
export const createCertificateAuthority = (
  folder: string,
  address = '127.0.0.1',
  names: readonly string[] = ['localhost'],
) => {
  const at = (name: string) => join(folder, name)
  openssl(
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-days',
    '2',
    '-subj',
    '/CN=Tests of Sesame',
    '-keyout',
    at('ca.key'),
    '-out',
    at('ca.pem'),
  )
  openssl(
    'req',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-subj',
    '/CN=localhost',
    '-keyout',
    at('server.key'),
    '-out',
    at('server.csr'),
  )
  const all = [...names.map(name => `DNS:${name}`), `IP:${address}`]
  writeFileSync(at('server.ext'), `subjectAltName=${all}\nextendedKeyUsage=serverAuth\n`)
  openssl(
    'x509',
    '-req',
    '-days',
    '2',
    '-in',
    at('server.csr'),
    '-CA',
    at('ca.pem'),
    '-CAkey',
    at('ca.key'),
    '-CAcreateserial',
    '-extfile',
    at('server.ext'),
    '-out',
    at('server.pem'),
  )
}

/** An authority below that of the folder, which signs the certificate of the server in its place: `issuing.pem`. */
export const createIssuingAuthority = (folder: string) => {
  const at = (name: string) => join(folder, name)
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
  openssl('req', ...key, '-subj', '/CN=Issuing', '-keyout', at('issuing.key'), '-out', at('issuing.csr'))
  writeFileSync(at('issuing.ext'), 'basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign\n')
  const sign = (name: string, by: string) =>
    openssl(
      'x509',
      '-req',
      ...['-days', '2', '-CAcreateserial'],
      ...['-in', at(`${name}.csr`), '-CA', at(`${by}.pem`), '-CAkey', at(`${by}.key`)],
      ...['-extfile', at(`${name}.ext`), '-out', at(`${name}.pem`)],
    )
  sign('issuing', 'ca')
  sign('server', 'issuing')
}
