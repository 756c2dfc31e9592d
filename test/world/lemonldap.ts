import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createCertificateAuthority } from './authority.ts'
import { suffix } from './people.ts'
import { freePort } from './ports.ts'
import type { Slapd } from './slapd.ts'
import { suspendProcess } from './suspend-process.ts'

/** A real LemonLDAP::NG as CAS server: nginx with TLS, its FastCGI server, and the people of the given slapd. */
export type LemonLdap = Awaited<ReturnType<typeof startLemonLdap>>

const fastcgi = '/usr/sbin/llng-fastcgi-server'
const nginx = '/usr/sbin/nginx'
export const hasLemonLdap = () => existsSync(fastcgi) && existsSync(nginx)

const htdocs = '/usr/share/lemonldap-ng/portal/htdocs'
/** LemonLDAP::NG refuses to run as root. */
const asRoot = process.getuid?.() === 0
const user = 'www-data'

const portalIni = (folder: string) => `[all]
logLevel = error
logger = Lemonldap::NG::Common::Logger::Std
userLogger = Lemonldap::NG::Common::Logger::Std
checkTime = 600
[configuration]
type = File
dirName = ${folder}/conf
localStorage = Cache::FileCache
localStorageOptions = { 'namespace' => 'config', 'cache_root' => '${folder}/cache', 'cache_depth' => 0, 'directory_umask' => '007' }
[portal]
staticPrefix = /static
templateDir = /usr/share/lemonldap-ng/portal/templates
languages = en, fr
msg_fr_resetPwd = Mot de passe oublié ?
msg_en_resetPwd = Forgotten password?
`

const configuration = (folder: string, url: string, slapd: Slapd, forgotten: string | undefined) => ({
  // The setting of docs/operate/sign-in.md.
  ...(forgotten && { portalDisplayResetPassword: 1, mailUrl: forgotten }),
  cfgNum: 1,
  cfgDate: 1_700_000_000,
  cfgAuthor: 'tests',
  cfgVersion: '2.16.1',
  portal: `${url}/`,
  domain: 'localhost',
  cookieName: 'lemonldap',
  securedCookie: 1,
  authentication: 'LDAP',
  userDB: 'LDAP',
  passwordDB: 'LDAP',
  ldapServer: slapd.urls.ldap,
  ldapBase: suffix,
  managerDn: slapd.service('sso').dn,
  managerPassword: slapd.service('sso').password,
  ldapTimeout: 2,
  ldapExportedVars: { uid: 'uid', cn: 'cn', mail: 'mail' },
  exportedVars: {},
  whatToTrace: 'uid',
  issuerDBCASActivation: 1,
  issuerDBCASPath: '^/cas/',
  casAttr: 'uid',
  casAttributes: { cn: 'cn', mail: 'mail', authenticationDate: '_lastAuthnUTime' },
  casAccessControlPolicy: 'none',
  casBackChannelSingleLogout: 1,
  casTicketExpiration: 60,
  locationRules: { [new URL(url).host]: { default: 'accept' }, localhost: { default: 'accept' } },
  globalStorage: 'Apache::Session::File',
  globalStorageOptions: {
    Directory: `${folder}/sessions`,
    LockDirectory: `${folder}/sessions/lock`,
    generateModule: 'Lemonldap::NG::Common::Apache::Session::Generate::SHA256',
  },
  localSessionStorage: 'Cache::FileCache',
  localSessionStorageOptions: { namespace: 'sessions', cache_root: `${folder}/cache`, cache_depth: 0 },
  key: 'key-of-the-tests',
  cspFormAction: '*',
  captcha_login_enabled: 0,
  bruteForceProtection: 0,
  requireToken: 1,
  timeout: 3600,
  portalCheckLogins: 0,
})

const nginxConfiguration = (folder: string, port: number) => `daemon off;
worker_processes 1;
pid ${folder}/nginx.pid;
error_log ${folder}/nginx.log warn;
events {
  worker_connections 64;
}
http {
  include /etc/nginx/mime.types;
  access_log off;
  client_body_temp_path ${folder}/body;
  fastcgi_temp_path ${folder}/fastcgi;
  proxy_temp_path ${folder}/proxy;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  server {
    listen 127.0.0.1:${port} ssl;
    server_name localhost;
    ssl_certificate ${folder}/server.pem;
    ssl_certificate_key ${folder}/server.key;
    root ${htdocs};
    if ($uri !~ ^/((static|javascript|favicon).*|.*\\.psgi)) {
      rewrite ^/(.*)$ /index.psgi/$1 break;
    }
    location ~ ^(?<sc>/.*\\.psgi)(?:$|/) {
      include /etc/nginx/fastcgi_params;
      fastcgi_pass unix:${folder}/fastcgi.sock;
      fastcgi_param HTTP_HOST $http_host;
      fastcgi_param LLTYPE psgi;
      fastcgi_param SCRIPT_FILENAME $document_root$sc;
      fastcgi_split_path_info ^(.*\\.psgi)(/.*)$;
      fastcgi_param PATH_INFO $fastcgi_path_info;
      fastcgi_buffers 8 32k;
      fastcgi_buffer_size 32k;
    }
    location / {
      try_files $uri $uri/ =404;
    }
    location /javascript/ {
      alias /usr/share/javascript/;
    }
    location /static/ {
      alias ${htdocs}/static/;
    }
  }
}
`

const answers = (url: string) =>
  new Promise<boolean>(resolve => {
    const asked = request(`${url}/`, { rejectUnauthorized: false, timeout: 5000 }, response => {
      response.resume()
      resolve((response.statusCode ?? 500) < 500)
    })
    asked.on('error', () => resolve(false))
    asked.on('timeout', () => asked.destroy())
    asked.end()
  })

/** Starts it. `forgotten`: target of the link « Mot de passe oublié ? » on its page. Stop it with `stop`. */
export const startLemonLdap = async (slapd: Slapd, forgotten?: string) => {
  const folder = mkdtempSync(join(tmpdir(), 'sesame-llng-'))
  for (const part of ['conf', 'sessions', 'sessions/lock', 'cache']) mkdirSync(join(folder, part))
  createCertificateAuthority(folder)
  const port = await freePort()
  const url = `https://localhost:${port}`
  writeFileSync(join(folder, 'lemonldap-ng.ini'), portalIni(folder))
  writeFileSync(
    join(folder, 'conf/lmConf-1.json'),
    JSON.stringify(configuration(folder, url, slapd, forgotten)),
  )
  writeFileSync(join(folder, 'nginx.conf'), nginxConfiguration(folder, port))
  if (asRoot) {
    chmodSync(folder, 0o755)
    execFileSync('chown', ['-R', `${user}:${user}`, folder])
  }
  const children: ChildProcess[] = []
  let output = ''

  const run = (program: string, args: readonly string[], env: Record<string, string> = {}) => {
    // In a separate process group: both servers have workers, which must be paused and killed with them.
    const child = spawn(program, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
      env: { PATH: process.env.PATH ?? '', ...env },
    })
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', data => {
        output += data
      })
    children.push(child)
  }
  const signal = (name: NodeJS.Signals) => {
    for (const { pid } of children)
      try {
        if (pid) process.kill(-pid, name)
      } catch {
        // The process has already exited.
      }
  }
  const launch = async () => {
    rmSync(join(folder, 'fastcgi.sock'), { force: true })
    run(
      fastcgi,
      [
        '--foreground',
        '-n',
        '2',
        '-s',
        join(folder, 'fastcgi.sock'),
        '-p',
        join(folder, 'fastcgi.pid'),
        ...(asRoot ? ['-u', user, '-g', user] : []),
      ],
      { LLNG_DEFAULTCONFFILE: join(folder, 'lemonldap-ng.ini'), LLNG_DEFAULTLOGGER: 'Std' },
    )
    run(nginx, ['-c', join(folder, 'nginx.conf'), '-e', join(folder, 'nginx.log')])
    for (let tries = 0; !(await answers(url)); tries += 1) {
      if (tries > 100) {
        signal('SIGKILL')
        throw new Error(`LemonLDAP::NG does not start: ${output}`)
      }
      await new Promise(resolve => setTimeout(resolve, 100))
    }
  }
  const exited = async () => {
    for (const child of children.splice(0))
      if (child.exitCode === null && child.signalCode === null)
        await new Promise<void>(resolve => child.once('exit', () => resolve()))
  }
  await launch()

  return {
    url,
    casUrl: `${url}/cas`,
    folder,
    caFile: join(folder, 'ca.pem'),
    /** The sessions of people who are signed in at the server. */
    sessions: () =>
      readdirSync(join(folder, 'sessions'), { withFileTypes: true })
        .filter(file => file.isFile())
        .map(({ name }) => readFileSync(join(folder, 'sessions', name), 'utf8'))
        .filter(session => session.includes('_lastAuthnUTime')),
    pause: () => {
      for (const { pid } of children) if (pid) suspendProcess(pid, { group: true })
    },
    resume: () => signal('SIGCONT'),
    kill: async () => {
      signal('SIGKILL')
      await exited()
    },
    start: launch,
    stop: async () => {
      signal('SIGCONT')
      signal('SIGKILL')
      await exited()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
