import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { root } from './root.ts'
import { codeCache } from './template.ts'

/**
 * Runs an operator's command asynchronously. The portal of a test lives in the process of the test: if that were blocked,
 * the portal would keep its database locks, and the command would wait for them until its timeout.
 */
export const runSesame = (
  args: readonly string[],
  { env, input = '' }: { readonly env: NodeJS.ProcessEnv; readonly input?: string },
) =>
  new Promise<{ status: number | null; said: string; failed: string }>((resolve, reject) => {
    const child = spawn(process.execPath, [join(root, 'bin/sesame.mjs'), ...args], {
      cwd: root,
      env: { ...codeCache(), ...env },
    })
    const output = { said: '', failed: '' }
    child.stdout.setEncoding('utf8').on('data', part => {
      output.said += part
    })
    child.stderr.setEncoding('utf8').on('data', part => {
      output.failed += part
    })
    child.once('error', reject)
    child.once('close', status => resolve({ status, ...output }))
    // A command may end before it reads its input.
    child.stdin.on('error', () => {})
    child.stdin.end(input)
  })
