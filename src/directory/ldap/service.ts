import { readFileSync } from 'node:fs'
import { openLinks } from './links.ts'
import type { Reach } from './settings.ts'

const secretIn = (file: string) => readFileSync(file, 'utf8').replace(/\r?\n$/, '')

/** Connections bound as the portal's own entry. */
export const serviceLinks = (settings: Reach) => {
  const password = secretIn(settings.passwordFile)
  return openLinks(settings, async ({ client }) => client.bind(settings.bindDn, password))
}
