import { randomUUID } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasChromium, launchChromium, openBrowserUser } from '../world/browser.ts'
import { type PortalFixture, startPortal } from '../world/portal.ts'
import { freePort } from '../world/ports.ts'
import { scratchFolder } from '../world/scratch.ts'

/** A service that writes at once, and answers when the test allows it. */
const startSlowService = async () => {
  const waiting: (() => void)[] = []
  const server = createServer((request, response) => {
    request.resume().on('end', () => waiting.push(() => response.writeHead(200).end('{"ok":true}')))
  })
  const port = await freePort()
  await new Promise<void>(resolve => server.listen(port, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${port}/`,
    waiting,
    answer: () => {
      for (const one of waiting.splice(0)) one()
    },
    stop: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

describe.skipIf(!hasChromium() && process.env.CI !== 'true')('a receipt while a service is slow', () => {
  let fixture: PortalFixture
  let browser: Browser
  let service: Awaited<ReturnType<typeof startSlowService>>
  beforeAll(async () => {
    service = await startSlowService()
    const secretFile = join(scratchFolder('sesame-receipt-'), 'secret')
    writeFileSync(secretFile, randomUUID(), { mode: 0o600 })
    const name = { fr: 'Bibliothèque', en: 'Library' }
    fixture = await startPortal({
      directory: 'embedded',
      store: 'SQLite',
      config: {
        services: [
          {
            id: 'library',
            name,
            use: name,
            writer: { kind: 'webhook', url: service.url, secretFile, timeout: 10_000 },
          },
        ],
      },
    })
    browser = await launchChromium()
  })
  afterAll(async () => {
    await browser?.close()
    service?.stop()
    await fixture?.stop()
  })

  const change = async (password: string, javaScriptEnabled: boolean) => {
    const visitor = await openBrowserUser(browser, fixture.url, { javaScriptEnabled })
    await visitor.prove('clefevre', 'staff-number')
    await visitor.choose(password)
    expect(await visitor.text()).toMatch(/Bibliothèque .*En cours/)
    await expect.poll(() => service.waiting.length).toBe(1)
    return visitor
  }
  const again = 'Actualiser le reçu'

  it('follows it by itself where scripts run; its link goes then, and the keyboard is not lost', async () => {
    const visitor = await change('Tr0mbone&Cascade-3', true)
    const { page, text } = visitor
    await page.getByRole('link', { name: again }).focus()
    service.answer()
    await expect.poll(text).toMatch(/Bibliothèque .*Prouvé à/)
    await expect.poll(() => page.getByRole('link', { name: again }).count()).toBe(0)
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('H2')
    expect(visitor.faults).toEqual([])
    await visitor.leave()
  })

  it('is read again by its link where none run, until nothing is under way', async () => {
    const visitor = await change('Gr4nit_Boussole/7', false)
    const { page, text } = visitor
    await visitor.follow(again)
    expect(await text()).toMatch(/Bibliothèque .*En cours/)
    service.answer()
    await expect
      .poll(
        async () => {
          const link = page.getByRole('link', { name: again })
          if ((await link.count()) > 0) await link.click()
          return text()
        },
        { timeout: 15_000 },
      )
      .toMatch(/Bibliothèque .*Prouvé à/)
    expect(await page.getByRole('link', { name: again }).count()).toBe(0)
    await visitor.leave()
  })
})
