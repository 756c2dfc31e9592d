// The real servers of the tests and of the rehearsal campus: the program of each, and the Debian packages that contain it.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

/** `instead`: a program that serves as well, only slower. `only`: the project of the tests that alone uses it. */
const servers = [
  { program: '/usr/sbin/slapd', packages: ['slapd', 'ldap-utils'] },
  { program: '/usr/bin/chromium', packages: ['chromium', 'fonts-noto-core'] },
  {
    program: '/usr/bin/chromium-headless-shell',
    packages: ['chromium-headless-shell'],
    instead: '/usr/bin/chromium',
  },
  { program: '/usr/lib/postgresql/15/bin/initdb', packages: ['postgresql'] },
  { program: '/usr/sbin/nginx', packages: ['nginx-light'] },
  { program: '/usr/sbin/ns-slapd', packages: ['389-ds-base', 'python3-lib389'] },
  {
    program: '/usr/sbin/samba',
    packages: ['samba', 'samba-ad-dc', 'samba-ad-provision', 'samba-dsdb-modules', 'ldb-tools', 'winbind'],
  },
  { program: '/usr/bin/openssl', packages: ['openssl'] },
  { program: '/usr/bin/pdftoppm', packages: ['poppler-utils'] },
  { program: '/usr/sbin/debootstrap', packages: ['debootstrap', 'iproute2'] },
  { program: '/usr/sbin/freeradius', packages: ['freeradius', 'freeradius-ldap'] },
  { program: '/usr/bin/eapol_test', packages: ['eapoltest'] },
  {
    program: '/usr/sbin/llng-fastcgi-server',
    packages: [
      'lemonldap-ng',
      'lemonldap-ng-fastcgi-server',
      'libnet-ldap-perl',
      'libmime-tools-perl',
      'libgd-securityimage-perl',
      'libgd-perl',
      'libimage-magick-perl',
      'libxml-simple-perl',
      'libstring-random-perl',
      'libemail-sender-perl',
      'libio-socket-timeout-perl',
      'libunicode-string-perl',
      'libio-string-perl',
    ],
  },
  { program: '/usr/bin/firefox-esr', packages: ['firefox-esr'], only: 'long' },
  { program: '/usr/bin/WebKitWebDriver', packages: ['webkit2gtk-driver'], only: 'long' },
  { program: '/usr/bin/Xvfb', packages: ['xvfb'], only: 'long' },
  { program: '/usr/bin/bwrap', packages: ['bubblewrap'], only: 'long' },
  { program: '/usr/bin/gpg', packages: ['gnupg'], only: 'long' },
  { program: '/usr/share/doc/python3-seccomp', packages: ['python3-seccomp'], only: 'long' },
  { program: '/usr/sbin/rsyslogd', packages: ['rsyslog', 'rsyslog-openssl'], only: 'long' },
  { program: '/usr/bin/lintian', packages: ['lintian'], only: 'long' },
  { program: '/usr/bin/umoci', packages: ['umoci'], only: 'long' },
  { program: '/usr/sbin/runc', packages: ['runc'], only: 'long' },
  { program: '/usr/bin/skopeo', packages: ['skopeo'], only: 'long' },
  { program: '/usr/bin/promtool', packages: ['prometheus'], only: 'long' },
]

/** Waits up to 300 s for another installation on this machine. */
const apt = (...args) =>
  spawnSync('apt-get', ['-o', 'DPkg::Lock::Timeout=300', '-o', 'Acquire::http::Timeout=20', ...args], {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    stdio: ['ignore', 'ignore', 'inherit'],
  })

const isThere = ({ program, instead }) =>
  existsSync(program) || (instead !== undefined && existsSync(instead))

/**
 * Installs the missing servers of these projects, as root on Debian; returns those that are still missing, and that nothing
 * replaces.
 */
export const installServers = (projects = []) => {
  const missing = servers.filter(
    ({ program, only }) => !existsSync(program) && (only === undefined || projects.includes(only)),
  )
  if (missing.length === 0) return []
  const packages = missing.flatMap(server => server.packages)
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    console.log(`Installing real servers: ${packages.join(' ')}`)
    apt('update', '-qq')
    // At installation Debian starts a database cluster and a directory of its own; the tests use neither.
    const { status } = apt('install', '-y', '-qq', '--no-install-recommends', ...packages)
    if (status !== 0)
      console.error(
        'apt-get could not install them. Where it says that dpkg was interrupted: dpkg --configure -a && apt-get -f install',
      )
  }
  return missing.filter(server => !isThere(server))
}
