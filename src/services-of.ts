import type { Clock } from './clock.ts'
import { hours } from './clock.ts'
import type { Settings } from './config/load.ts'
import { pretendService } from './demonstration/pretend-services.ts'
import type { Directory } from './directory/directory.ts'
import { embeddedPasswords } from './directory/embedded/passwords.ts'
import type { Hashing } from './hashing/hashing.ts'
import type { Place } from './services/deliveries/places.ts'
import type { Check, Writer } from './services/services.ts'
import type { ServiceSettings } from './services/settings.ts'
import { sourceCheck } from './services/source/source-check.ts'
import type { Store } from './store/store.ts'

export type ServiceParts = {
  readonly store: Store
  readonly clock: Clock
  readonly hashing: Hashing
  readonly directory: Directory
}

type Opened = { readonly writer: Writer; readonly check: Check | null }

/** What writes a service, and the login that the same place offers. */
const openWriter = (parts: ServiceParts, { id, writer }: ServiceSettings): Opened | null => {
  if (!writer) return null
  const pretend = pretendService({
    ...{ service: id, store: parts.store, clock: parts.clock },
    ...{ passwords: embeddedPasswords(parts.hashing), pace: 300 },
  })
  return { writer: pretend, check: pretend }
}

/** A service that nobody writes and that reads nothing known has no place: its receipt says nothing. */
const hasPlace = ({ reads, writer }: ServiceSettings) => reads !== undefined || writer !== undefined

/** Opens every service of the configuration: which adapter writes it, and which login proves it. */
export const servicesOf =
  (settings: Settings) =>
  (parts: ServiceParts): readonly Place[] => {
    const { services } = settings.config
    const opened = new Map(services.map(service => [service.id, openWriter(parts, service)]))
    const source = sourceCheck(parts.directory)

    const checkOf = ({ id, reads }: ServiceSettings) =>
      reads === 'source' ? source : (opened.get(reads ?? id)?.check ?? null)

    return services.filter(hasPlace).map(service => ({
      id: service.id,
      reads: service.reads ?? null,
      writer: opened.get(service.id)?.writer ?? null,
      check: checkOf(service),
      provedBySource: service.reads === 'source',
      expiresAfter: hours(service.expiresAfterHours),
    }))
  }
