import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, globSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import type { OtherBrowser } from './other-browser.ts'
import { freePort } from './ports.ts'
import { scratchFolder } from './scratch.ts'

const driver = '/usr/bin/WebKitWebDriver'
const display = '/usr/bin/Xvfb'
const browserPrograms = () => globSync('/usr/lib/*/webkit2gtk-4.*/MiniBrowser')
export const hasWebkit = () => existsSync(driver) && existsSync(display) && browserPrograms().length > 0

const stop = async (child: ChildProcess) => {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  await ended
}

/** A screen in memory, which only this machine can open; it chooses its own number. */
const startDisplay = async () => {
  const child = spawn(display, ['-displayfd', '3', '-screen', '0', '1400x1100x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  })
  const [number] = await once((child.stdio[3] as Readable).setEncoding('utf8'), 'data')
  return { child, name: `:${String(number).trim()}` }
}

/** The requests of WebDriver (W3C): JSON over HTTP. */
const webDriver = (base: string) => async (method: string, path: string, body?: unknown) => {
  const response = await fetch(base + path, {
    method,
    ...(method === 'POST' && { body: JSON.stringify(body ?? {}) }),
  })
  const { value } = (await response.json()) as { value: unknown }
  if (!response.ok) throw new Error(`${method} ${path}: ${JSON.stringify(value)}`)
  return value
}

const untilItAnswers = async (ask: ReturnType<typeof webDriver>) => {
  for (let tries = 0; ; tries += 1)
    try {
      return await ask('GET', '/status')
    } catch (fault) {
      if (tries > 600) throw fault
      await new Promise(resolve => setTimeout(resolve, 50))
    }
}

const elementKey = 'element-6066-11e4-a52e-4f735466cecf'

/** Debian's WebKitGTK in its MiniBrowser, over WebDriver. */
export const startWebkit = async (): Promise<OtherBrowser> => {
  const home = scratchFolder('sesame-webkit-')
  const runtime = join(home, 'runtime')
  mkdirSync(runtime, { mode: 0o700 })
  // As for every browser of the tests, movement is reduced: while one page turns into another nothing can be pressed.
  mkdirSync(join(home, '.config/gtk-3.0'), { recursive: true })
  writeFileSync(join(home, '.config/gtk-3.0/settings.ini'), '[Settings]\ngtk-enable-animations=0\n')
  const screen = await startDisplay()
  const port = await freePort()
  const child = spawn(driver, [`--port=${port}`, '--host=127.0.0.1'], {
    env: {
      PATH: process.env.PATH ?? '',
      DISPLAY: screen.name,
      HOME: home,
      XDG_RUNTIME_DIR: runtime,
      LANG: 'C.UTF-8',
      GTK_A11Y: 'none',
      LIBGL_ALWAYS_SOFTWARE: '1',
    },
    stdio: 'ignore',
  })
  const ask = webDriver(`http://127.0.0.1:${port}`)
  await untilItAnswers(ask)
  const options = { binary: browserPrograms()[0], args: ['--automation'] }
  const { sessionId } = (await ask('POST', '/session', {
    capabilities: { alwaysMatch: { acceptInsecureCerts: true, 'webkitgtk:browserOptions': options } },
  })) as { sessionId: string }
  const session = `/session/${sessionId}`
  const element = async (selector: string) => {
    const found = await ask('POST', `${session}/element`, { using: 'css selector', value: selector })
    return `${session}/element/${(found as Record<string, string>)[elementKey]}`
  }
  return {
    name: 'WebKit',
    open: url => ask('POST', `${session}/url`, { url }),
    read: expression =>
      ask('POST', `${session}/execute/sync`, {
        script: `return (${expression})`,
        args: [],
      }) as Promise<never>,
    press: async selector => ask('POST', `${await element(selector)}/click`),
    type: async (selector, text) => ask('POST', `${await element(selector)}/value`, { text }),
    resize: (width, height) => ask('POST', `${session}/window/rect`, { width, height }),
    stop: async () => {
      await ask('DELETE', session).catch(() => null)
      await stop(child)
      await stop(screen.child)
      rmSync(home, { recursive: true, force: true })
    },
  }
}
