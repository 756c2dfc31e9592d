import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const debootstrap = '/usr/sbin/debootstrap'
export const hasDebootstrap = () => existsSync(debootstrap) && process.getuid?.() === 0

/** The host names of the institution, all in the root itself. */
export const hostNames = ['portal', 'ldap1', 'ldap2', 'smtp'].map(name => `${name}.univ.example`)

const path = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
const updates = (source: string) => `deb http://deb.debian.org/${source} main\n`

/** Debian 12 and 13. */
export type Suite = 'bookworm' | 'trixie'

/** Nothing but Debian's required packages, and what this machine needs to reach the registries. */
const fill = (folder: string, suite: Suite) => {
  execFileSync(debootstrap, ['--variant=minbase', suite, folder, 'http://deb.debian.org/debian'], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const at = (name: string) => join(folder, name)
  appendFileSync(
    at('etc/apt/sources.list'),
    updates(`debian ${suite}-updates`) + updates(`debian-security ${suite}-security`),
  )
  writeFileSync(at('etc/hosts'), `127.0.0.1 localhost debian ${hostNames.join(' ')}\n`)
  writeFileSync(at('etc/resolv.conf'), readFileSync('/etc/resolv.conf'))
  // No package starts a service of its own: no init runs.
  writeFileSync(at('usr/sbin/policy-rc.d'), '#!/bin/sh\nexit 101\n', { mode: 0o755 })
  writeFileSync(at('usr/local/bin/systemctl'), readFileSync(join(import.meta.dirname, 'systemctl.sh')), {
    mode: 0o755,
  })
  // A machine behind a proxy that opens TLS trusts its authorities.
  const authorities = '/usr/local/share/ca-certificates'
  if (existsSync(authorities)) cpSync(authorities, at(authorities), { recursive: true })
  writeFileSync(at('etc/npmrc'), 'cafile=/etc/ssl/certs/ca-certificates.crt\n')
  // Nobody keeps this root: no package waits for the disk.
  writeFileSync(at('etc/dpkg/dpkg.cfg.d/no-sync'), 'force-unsafe-io\n')
  mkdirSync(at('etc/sudoers.d'), { recursive: true })
  writeFileSync(at('etc/sudoers.d/camille'), 'camille ALL=(ALL) NOPASSWD: ALL\n', { mode: 0o440 })
}

const namespaces = (folder: string) => `
mount --make-rprivate /
mount --bind ${folder} ${folder}
mount -t proc proc ${folder}/proc
mount --bind /dev ${folder}/dev
mount --bind ${folder}/etc/hosts /etc/hosts
hostname debian
ip link set lo up
echo ready
exec sleep infinity`

/**
 * A bare Debian in a folder, made by debootstrap, with its own processes, mounts, host name and loopback. `stop` ends whatever
 * runs in it.
 */
export const startDebianRoot = async (suite: Suite) => {
  const folder = mkdtempSync(join(tmpdir(), 'sesame-debian-'))
  execFileSync('chmod', ['755', folder])
  fill(folder, suite)
  const kinds = ['--mount', '--pid', '--net', '--uts']
  const holder = spawn('unshare', [...kinds, '--fork', '--kill-child', 'sh', '-ec', namespaces(folder)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(holder.stdout, 'data')
  const [first = ''] = readFileSync(`/proc/${holder.pid}/task/${holder.pid}/children`, 'utf8').split(' ')

  /** With `internet`, in the network of the machine: packages come from there. */
  const enter = (command: readonly string[], internet: boolean) =>
    spawn('nsenter', [
      '--target',
      first,
      ...kinds.filter(kind => !(internet && kind === '--net')),
      ...command,
    ])

  const run = async (
    script: string,
    { as = 'root', input = '', internet = false, folder: work = '/' } = {},
  ) => {
    const file = `/tmp/script-${process.hrtime.bigint()}`
    writeFileSync(join(folder, file), `cd ${work}\n${script}`, { mode: 0o644 })
    const login = as === 'root' ? ['/bin/bash', '-e', file] : ['/bin/su', as, '-c', `/bin/bash -e ${file}`]
    const environment = ['/usr/bin/env', '-i', `PATH=${path}`, 'HOME=/root', 'LANG=C.UTF-8']
    const child = enter(['/usr/sbin/chroot', folder, ...environment, ...login], internet)
    const written: string[] = []
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', part => written.push(part))
    child.stdin.on('error', () => {})
    child.stdin.end(input)
    const [status] = (await once(child, 'close')) as [number | null]
    return { status, output: written.join('') }
  }

  return {
    folder,
    run,
    /** A process of this machine that sees the network and the host names of the root. */
    beside: (command: readonly string[]) => enter(command, false),
    stop: async () => {
      const gone = once(holder, 'exit')
      holder.kill('SIGKILL')
      await gone
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

export type DebianRoot = Awaited<ReturnType<typeof startDebianRoot>>
