import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createApplication } from '../../src/application.ts'
import { readCharter } from '../../src/charter.ts'
import { loadSettings } from '../../src/config/load.ts'
import { digestOf } from '../../src/crypto/crypto.ts'
import { createEmbeddedDirectory } from '../../src/directory/embedded/embedded.ts'
import { createEmbeddedPasswords } from '../../src/directory/embedded/passwords.ts'
import { createPictures } from '../../src/help/pictures.ts'
import { publicRef } from '../../src/journeys/steps/guard.ts'
import { createRouter } from '../../src/router.ts'
import { hrefIn, type RouteName } from '../../src/routes.ts'
import { openStore } from '../../src/store/open.ts'
import { inEachLanguage } from '../../src/texts/texts.ts'
import { createUi } from '../../src/ui/ui.ts'
import type { HandlerRequest, HandlerResult } from '../../src/web/handler.ts'
import { movableClock } from './clock.ts'
import { type CrowdMember, createCrowd, insertCrowd } from './crowd.ts'
import { quickHashing } from './quick-hashing.ts'
import { root } from './root.ts'

/** What one piece of work asked of the store. */
export type Counted = { readonly statements: readonly string[]; readonly transactions: number }

const migrations = join(root, 'migrations')

/** Notes the statements and transactions of the store while `during` runs. */
const createCounter = () => {
  let statements: string[] = []
  let transactions = 0
  return {
    observer: {
      statement: (sql: string) => void statements.push(sql),
      transaction: () => {
        transactions += 1
      },
    },
    during: async (work: () => Promise<unknown>): Promise<Counted> => {
      statements = []
      transactions = 0
      await work()
      return { statements, transactions }
    },
  }
}

const loadedFrom = (folder: string, databaseUrl: string | undefined) => {
  const none = { configFile: undefined, port: undefined, databaseUrlFile: undefined, rootKeyFile: undefined }
  const loaded = loadSettings({ ...none, data: join(folder, 'data'), databaseUrl })
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems))
  return loaded.settings
}

/** A directory in a store of its own, whose statements are not counted: in production the directory is an LDAP server. */
const openOwnDirectory = async (folder: string, crowd: number) => {
  const store = await openStore({ file: join(folder, 'directory.sqlite') }, { migrations })
  const hashing = quickHashing()
  await insertCrowd(store, crowd, hashing)
  const directory = createEmbeddedDirectory({ store, passwords: createEmbeddedPasswords(hashing) })
  return { ...directory, close: () => store.close() }
}

/**
 * An application whose statements are counted, and a browser that calls its handlers directly. There is no server and there are no
 * background jobs: all statements are those of the request, and their number does not depend on the machine.
 */
export const openCountedApplication = async (options: {
  readonly databaseUrl: string | undefined
  readonly crowd: number
}) => {
  const folder = mkdtempSync(join(tmpdir(), 'sesame-counted-'))
  mkdirSync(join(folder, 'data'))
  const settings = loadedFrom(folder, options.databaseUrl)
  const counter = createCounter()
  const directory = await openOwnDirectory(folder, options.crowd)
  // The floor of identification is a real pause, which changes no count.
  const clock = { ...movableClock(), sleep: async () => {} }
  const application = await createApplication(settings, {
    clock,
    hashing: quickHashing(),
    observer: counter.observer,
    directory: async () => directory,
    services: () => [],
    identityServer: async () => null,
    folders: { migrations, shippedFilter: join(root, 'dist', 'leaked-shipped.filter') },
  })
  // The first password of a day makes its key, which is given to the other hosts: one statement a day.
  await application.crypto.rotatingKeys.seal('', '')
  const { config } = settings
  const hrefs = inEachLanguage(language => hrefIn(language, ''))
  const { ui } = createUi({ branding: config.branding, dist: join(root, 'dist'), sayIn: application.sayIn })
  const router = createRouter(application, {
    ui: language =>
      ui({
        language,
        hrefs,
        route: null,
        params: {},
        charterVersion: config.charter.version,
        demonstration: false,
      }),
    charter: readCharter(settings),
    pictures: createPictures(join(root, 'dist', 'pictures')),
    mailbox: null,
    smtpUtf8: async () => true,
  })

  const newBrowser = () => {
    const cookies = new Map<string, string>()
    const ask = async (
      route: RouteName,
      method: 'get' | 'post',
      sent: { body?: Readonly<Record<string, string>>; params?: Readonly<Record<string, string>> } = {},
    ): Promise<HandlerResult> => {
      const handler = router[route]?.[method]
      if (!handler) throw new Error(`no handler of ${method} ${route}`)
      const request: HandlerRequest = {
        method: method === 'get' ? 'GET' : 'POST',
        language: 'fr',
        href: hrefs.fr,
        network: { id: 'network', campus: false },
        params: sent.params ?? {},
        query: () => null,
        body: sent.body ?? {},
        device: '',
        cookie: ({ name }) => cookies.get(name) ?? null,
        arrivedAt: clock.now(),
      }
      const result = await handler(request)
      for (const { cookie, value } of ('cookies' in result && result.cookies) || [])
        cookies.set(cookie.name, value)
      return result
    }
    const journey = () => publicRef({ id: digestOf(cookies.get('__Host-journey') ?? '') })
    return { ask, journey }
  }

  return {
    application,
    clock,
    counter,
    newBrowser,
    crowd: (await createCrowd(application, options.crowd, false)) as readonly CrowdMember[],
    close: async () => {
      await application.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

export type CountedApplication = Awaited<ReturnType<typeof openCountedApplication>>
