import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { showLogOnFailure } from '../world/log-tail.ts'
import { newFolder } from './make-release.ts'

/** What runc reads of the bundle that umoci unpacks, as far as a container here differs from it. */
type Specification = {
  process: {
    terminal: boolean
    args: string[]
    env: string[]
    user: { uid: number; gid: number }
    capabilities: Record<string, string[]>
    noNewPrivileges: boolean
  }
  root: { readonly: boolean }
  mounts: { destination: string; type?: string; source?: string; options?: string[] }[]
  linux: { namespaces: { type: string }[] }
}

type ContainerOptions = {
  /** A folder with an OCI layout, and the name of the image in it. */
  readonly image: string
  /** Folders of the host: the settings, which the container may only read, and the volume. */
  readonly settings: string
  readonly volume: string
  /** Added to the environment that the image has. */
  readonly env?: Readonly<Record<string, string>>
  /** Instead of the command that the image has, after its entry point. */
  readonly command?: readonly string[]
}

const empty = { bounding: [], effective: [], inheritable: [], permitted: [], ambient: [] }

/** With nothing that the portal does not need; the network is that of the host, where the servers of the test listen. */
const narrow = (given: Specification, options: ContainerOptions): Specification => {
  const bind = (destination: string, source: string, mode: 'ro' | 'rw') => {
    const flags = ['bind', mode, 'nosuid', 'nodev', 'noexec']
    return { destination, type: 'bind', source, options: flags }
  }
  const env = Object.entries(options.env ?? {}).map(([name, value]) => `${name}=${value}`)
  const [entryPoint = ''] = given.process.args
  return {
    ...given,
    process: {
      ...given.process,
      terminal: false,
      args: options.command ? [entryPoint, ...options.command] : given.process.args,
      env: [...given.process.env, ...env],
      capabilities: empty,
      noNewPrivileges: true,
    },
    root: { ...given.root, readonly: true },
    mounts: [
      ...given.mounts.filter(({ destination }) => destination !== '/var/lib/sesame'),
      bind('/etc/sesame', options.settings, 'ro'),
      bind('/var/lib/sesame', options.volume, 'rw'),
      // As every runtime gives it.
      bind('/etc/hosts', '/etc/hosts', 'ro'),
    ],
    linux: {
      ...given.linux,
      namespaces: given.linux.namespaces.filter(({ type }) => type !== 'network'),
    },
  }
}

/** Makes a bundle of an image, as runc takes it; gives its folder. */
export const unpackImage = (image: string, bundle: string) => {
  execFileSync('umoci', ['unpack', '--image', image, bundle], { stdio: 'pipe' })
  return bundle
}

/** Unpacks the image into a folder of its own, and runs it until it ends. */
export const createContainer = (options: ContainerOptions) => {
  const folder = newFolder('sesame-container-')
  const id = folder.split('/').at(-1) ?? ''
  const state = ['--root', join(folder, 'state')]
  const bundle = unpackImage(options.image, join(folder, 'bundle'))
  const file = join(bundle, 'config.json')
  writeFileSync(file, JSON.stringify(narrow(JSON.parse(readFileSync(file, 'utf8')), options)))

  const child = spawn('runc', [...state, 'run', '--bundle', bundle, id], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const lines: string[] = []
  showLogOnFailure(`the container ${id}`, lines)
  const ended = once(child, 'close').then(([status]) => status as number | null)
  const listening = new Promise<'listening'>(resolve => {
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (part: string) => {
        lines.push(...part.split('\n').filter(Boolean))
        if (part.includes('Sésame: http')) resolve('listening')
      })
  })
  return {
    lines,
    /** `listening`, or the status with which it ended. */
    started: Promise.race([listening, ended]),
    ended,
    /** Runs a program in the container, as its user. */
    exec: (...command: string[]) => {
      const { status, stdout, stderr } = spawnSync('runc', [...state, 'exec', id, ...command], {
        encoding: 'utf8',
      })
      return { status, output: stdout + stderr }
    },
    /** What Docker, Podman and Kubernetes send to stop it; gives its status. */
    stop: async () => {
      spawnSync('runc', [...state, 'kill', id, 'TERM'])
      return ended
    },
    forget: async () => {
      spawnSync('runc', [...state, 'delete', '--force', id])
      await ended
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
