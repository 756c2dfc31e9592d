import { spawn } from 'node:child_process'
import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  mkdtempSync,
  openSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export const defaultPrograms = ['/usr/sbin/eapol_test', '/usr/bin/eapol_test']
export const findProgram = (program: string | undefined) =>
  [program ?? defaultPrograms].flat().find(path => existsSync(path))

/** Bytes; one login prints far less. */
const maxOutput = 1_000_000

/** Where Linux keeps files in memory, unless this process may not write there. */
const folderInMemory = () => {
  try {
    accessSync('/dev/shm', constants.W_OK)
    return '/dev/shm'
  } catch {
    return null
  }
}

/**
 * Creates a private file (0600, in a folder of its own) and unlinks it before it is filled: it is then reached only by its
 * descriptor, and a killed process leaves no file. In memory where the system has a folder there, so that nothing is written to a disk.
 */
function withUnlinkedFile<T>(text: string, use: (descriptor: number) => T): T {
  const folder = mkdtempSync(join(folderInMemory() ?? tmpdir(), 'sesame-eap-'))
  let descriptor: number
  try {
    descriptor = openSync(join(folder, 'network'), 'wx+', 0o600)
  } finally {
    // The descriptor stays valid: an unlinked file can still be written and read.
    rmSync(folder, { recursive: true })
  }
  try {
    writeSync(descriptor, text)
    return use(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

export type ProgramResult = { readonly status: number | null; readonly output: string }

/** Runs `eapol_test` on that network. Its output contains the password, so it must not be logged or stored. */
export const runEapolTest = (
  program: string,
  network: string,
  { port, secret, timeout }: { port: number; secret: string; timeout: number },
): Promise<ProgramResult> =>
  withUnlinkedFile(network, descriptor => {
    const seconds = String(Math.ceil(timeout / 1000))
    const server = ['-a', '127.0.0.1', '-p', String(port), '-s', secret]
    const child = spawn(program, ['-c', '/dev/fd/3', ...server, '-t', seconds], {
      stdio: ['ignore', 'pipe', 'ignore', descriptor],
      env: {},
    })
    return new Promise(resolve => {
      let output = ''
      child.stdout?.on('data', data => {
        if (output.length < maxOutput) output += data
      })
      const timer = setTimeout(() => child.kill('SIGKILL'), timeout)
      const end = (status: number | null) => {
        clearTimeout(timer)
        resolve({ status, output })
      }
      child.once('error', () => end(null))
      child.once('close', end)
    })
  })
