import { existsSync } from 'node:fs'
import { launch } from 'puppeteer-core'
import type { OtherBrowser } from './other-browser.ts'

const program = '/usr/bin/firefox-esr'
export const hasFirefox = () => existsSync(program)

/** Whatever is not on this machine is asked of a port where nothing listens: the test sends nothing outside. */
const onlyThisMachine = {
  'network.proxy.type': 1,
  'network.proxy.http': '127.0.0.1',
  'network.proxy.http_port': 9,
  'network.proxy.ssl': '127.0.0.1',
  'network.proxy.ssl_port': 9,
}

/** Debian's Firefox, over WebDriver BiDi. */
export const startFirefox = async (): Promise<OtherBrowser & { readonly faults: readonly string[] }> => {
  const browser = await launch({
    browser: 'firefox',
    executablePath: program,
    headless: true,
    acceptInsecureCerts: true,
    extraPrefsFirefox: { ...onlyThisMachine, 'intl.accept_languages': 'fr', 'ui.prefersReducedMotion': 1 },
  })
  const page = await browser.newPage()
  await page.setViewport({ width: 1280, height: 900 })
  const faults: string[] = []
  page.on('pageerror', fault => faults.push(String(fault)))
  page.on('console', message => message.type() === 'error' && faults.push(message.text()))
  return {
    name: 'Firefox',
    /** Errors of its console: scripts that threw, and what the content security policy refused. */
    faults,
    open: url => page.goto(url),
    read: expression => page.evaluate(expression) as Promise<never>,
    press: selector => page.click(selector),
    type: (selector, text) => page.type(selector, text),
    resize: (width, height) => page.setViewport({ width, height }),
    stop: () => browser.close(),
  }
}
