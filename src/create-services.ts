import { type Clock, hours } from './clock.ts'
import type { Settings } from './config/load.ts'
import { createPretendService } from './demonstration/pretend-services.ts'
import { openActiveDirectoryAccounts } from './directory/active-directory/active-directory.ts'
import type { Directory } from './directory/directory.ts'
import { createEmbeddedPasswords } from './directory/embedded/passwords.ts'
import { openLdapEntries } from './directory/ldap/entries.ts'
import type { Hashing } from './hashing/hashing.ts'
import { createCasLoginCheck } from './services/cas-login/cas-login.ts'
import type { ServiceTarget } from './services/deliveries/targets.ts'
import { createBindCheck, createDirectoryWriter } from './services/directory-account/directory-account.ts'
import { createEapCheck } from './services/eap/eap.ts'
import { createSambaWriter } from './services/samba/samba.ts'
import type { Check, Writer } from './services/services.ts'
import type { ServiceSettings } from './services/settings.ts'
import { createSourceCheck } from './services/source/source-check.ts'
import { createWebhookWriter } from './services/webhook/webhook.ts'
import type { Store } from './store/store.ts'

export type ServiceDeps = {
  readonly store: Store
  readonly clock: Clock
  readonly hashing: Hashing
  /** The source: the first directory. */
  readonly directory: Directory
}

/** The writer of a service, and the login check against the same target; null: it has none. */
type WriterAndCheck = { readonly writer: Writer; readonly bind: Check | null }

const createWriter = (
  settings: Settings,
  deps: ServiceDeps,
  { id, writer }: ServiceSettings,
): WriterAndCheck | null => {
  const source = settings.config.directory
  if (writer?.kind === 'samba' && source.kind === 'ldap') {
    return {
      writer: createSambaWriter(writer, openLdapEntries(source, deps.clock.now), deps.clock.now),
      bind: null,
    }
  }
  if (writer?.kind === 'active-directory') {
    const { kind: _, ...connectionSettings } = writer
    const accounts = openActiveDirectoryAccounts(connectionSettings, deps.clock.now)
    return { writer: createDirectoryWriter(accounts), bind: createBindCheck(accounts) }
  }
  if (writer?.kind === 'webhook') return { writer: createWebhookWriter(writer, deps.clock.now), bind: null }
  if (writer?.kind !== 'pretend') return null
  const pretend = createPretendService({
    service: id,
    store: deps.store,
    clock: deps.clock,
    passwords: createEmbeddedPasswords(deps.hashing),
    pace: 300,
  })
  return { writer: pretend, bind: pretend }
}

/** The login check of its own that the configuration gives a service. */
const createCheck = ({ check }: ServiceSettings): Check | null => {
  if (check?.kind === 'eap') return createEapCheck(check)
  if (check?.kind === 'cas-login') return createCasLoginCheck(check)
  return null
}

/** A service without a writer and without a known store of passwords is not a target: the receipt does not show it. */
const isTarget = ({ reads, writer }: ServiceSettings) => reads !== undefined || writer !== undefined

/** Creates the target of every configured service: the adapter that writes it, and the login that proves it. */
export const createServices =
  (settings: Settings) =>
  (deps: ServiceDeps): readonly ServiceTarget[] => {
    const { services } = settings.config
    const writers = new Map(services.map(service => [service.id, createWriter(settings, deps, service)]))
    const source = createSourceCheck(deps.directory)

    const targetOf = (service: ServiceSettings): ServiceTarget => {
      const { id, reads } = service
      const own = createCheck(service)
      const bind = reads === 'source' ? source : (writers.get(reads ?? id)?.bind ?? null)
      return {
        id,
        reads: reads ?? null,
        writer: writers.get(id)?.writer ?? null,
        check: own ?? bind,
        provedBySource: reads === 'source' && own === null,
        expiresAfter: hours(service.expiresAfterHours),
      }
    }
    return services.filter(isTarget).map(targetOf)
  }
