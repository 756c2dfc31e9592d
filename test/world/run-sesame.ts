import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { root } from './root.ts'

/**
 * Runs a command of the operator. The portal of a test lives in the process of the test and goes on meanwhile: blocked, it
 * would keep the rows that it holds at that moment, and the command would wait for them until it gives up.
 */
export const runSesame = (
  args: readonly string[],
  { env, input = '' }: { readonly env: NodeJS.ProcessEnv; readonly input?: string },
) =>
  new Promise<{ status: number | null; said: string; failed: string }>((resolve, reject) => {
    const child = spawn(process.execPath, [join(root, 'bin/sesame.mjs'), ...args], { cwd: root, env })
    const output = { said: '', failed: '' }
    child.stdout.setEncoding('utf8').on('data', part => {
      output.said += part
    })
    child.stderr.setEncoding('utf8').on('data', part => {
      output.failed += part
    })
    child.once('error', reject)
    child.once('close', status => resolve({ status, ...output }))
    // A command that ends before it reads is no fault of its test.
    child.stdin.on('error', () => {})
    child.stdin.end(input)
  })
