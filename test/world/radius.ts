import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createCertificateAuthority } from './authority.ts'
import { suffix } from './people.ts'
import { freePort } from './ports.ts'
import type { Slapd } from './slapd.ts'
import { suspendProcess } from './suspend-process.ts'

/** A real FreeRADIUS configured as for eduroam: PEAP-MSCHAPv2 with the NT hashes of the given slapd. */
export type Radius = Awaited<ReturnType<typeof startRadius>>

const program = '/usr/sbin/freeradius'
const eapolTest = '/usr/bin/eapol_test'
export const hasRadius = () => existsSync(program) && existsSync(eapolTest)

export const realm = 'univ.example'

/** FreeRADIUS reads one statement a line. */
const configuration = (folder: string, port: number, slapd: Slapd, secret: string) => `
prefix = /usr
sysconfdir = ${folder}
localstatedir = ${folder}
logdir = ${folder}
raddbdir = ${folder}
run_dir = ${folder}
libdir = /usr/lib/freeradius
name = radiusd
max_request_time = 10
cleanup_delay = 1
security {
  reject_delay = 0
  status_server = yes
}
thread pool {
  start_servers = 2
  max_servers = 4
  min_spare_servers = 1
  max_spare_servers = 2
}
client tests {
  ipaddr = 127.0.0.1
  secret = "${secret}"
  require_message_authenticator = yes
}
modules {
  pap {
  }
  mschap {
    use_mppe = yes
    require_encryption = yes
    require_strong = yes
  }
  realm suffix {
    format = suffix
    delimiter = "@"
  }
  ldap {
    server = "${slapd.urls.ldap}"
    identity = "${slapd.service('radius').dn}"
    password = "${slapd.service('radius').password}"
    base_dn = "${suffix}"
    update {
      control:NT-Password := 'sambaNTPassword'
    }
    user {
      base_dn = "${suffix}"
      filter = "(uid=%{%{Stripped-User-Name}:-%{User-Name}})"
    }
    options {
      res_timeout = 2
      srv_timelimit = 2
      net_timeout = 1
    }
    pool {
      start = 0
      min = 0
      max = 4
      spare = 0
      uses = 0
      retry_delay = 0
      lifetime = 0
      idle_timeout = 60
    }
  }
  eap {
    default_eap_type = peap
    timer_expire = 10
    max_sessions = 1024
    tls-config tls-common {
      private_key_file = ${folder}/server.key
      certificate_file = ${folder}/server.pem
      ca_file = ${folder}/ca.pem
      tls_min_version = "1.2"
      tls_max_version = "1.2"
      ecdh_curve = "prime256v1"
    }
    peap {
      tls = tls-common
      default_eap_type = mschapv2
      copy_request_to_tunnel = no
      use_tunneled_reply = no
      virtual_server = "inner-tunnel"
    }
    mschapv2 {
    }
  }
}
realm ${realm} {
}
server default {
  listen {
    type = auth
    ipaddr = 127.0.0.1
    port = ${port}
  }
  authorize {
    suffix
    eap {
      ok = return
    }
  }
  authenticate {
    eap
  }
}
server inner-tunnel {
  authorize {
    suffix
    update control {
      &Proxy-To-Realm := LOCAL
    }
    eap {
      ok = return
    }
    ldap
    mschap
    pap
  }
  authenticate {
    Auth-Type MS-CHAP {
      mschap
    }
    eap
  }
}
`

/** FreeRADIUS writes no pid file and answers nobody but its clients: it listens once its port is taken. */
const listens = (port: number) =>
  new Promise<boolean>(resolve => {
    const socket = createSocket('udp4')
    socket.once('error', () => resolve(true))
    socket.bind(port, '127.0.0.1', () => socket.close(() => resolve(false)))
  })

export const startRadius = async (slapd: Slapd) => {
  const folder = mkdtempSync(join(tmpdir(), 'sesame-radius-'))
  createCertificateAuthority(folder)
  const secret = randomBytes(18).toString('base64url')
  const port = await freePort()
  writeFileSync(join(folder, 'secret'), `${secret}\n`, { mode: 0o600 })
  writeFileSync(join(folder, 'radiusd.conf'), configuration(folder, port, slapd, secret), { mode: 0o600 })
  let child: ChildProcess
  let output = ''

  const launch = async () => {
    child = spawn(program, ['-f', '-l', 'stdout', '-d', folder, '-n', 'radiusd'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', data => {
        output += data
      })
    for (let tries = 0; !(await listens(port)); tries += 1) {
      if (tries > 100 || child.exitCode !== null) throw new Error(`FreeRADIUS does not start: ${output}`)
      await new Promise(resolve => setTimeout(resolve, 50))
    }
  }
  await launch()
  const exited = () =>
    new Promise<void>(resolve =>
      child.exitCode !== null || child.signalCode !== null ? resolve() : child.once('exit', () => resolve()),
    )

  return {
    folder,
    server: '127.0.0.1',
    port,
    secret,
    realm,
    secretFile: join(folder, 'secret'),
    caFile: join(folder, 'ca.pem'),
    output: () => output,
    pause: () => suspendProcess(child.pid ?? 0),
    resume: () => child.kill('SIGCONT'),
    kill: async () => {
      child.kill('SIGKILL')
      await exited()
    },
    start: launch,
    stop: async () => {
      child.kill('SIGCONT')
      child.kill('SIGTERM')
      await exited()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
