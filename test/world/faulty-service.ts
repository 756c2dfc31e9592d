import { ok, refused } from '../../src/result.ts'
import type { Check, Writer } from '../../src/services/services.ts'

/**
 * Behaviours of a service. `down`: refuses every request. `silent`: does not answer, and carries out the write up to twenty seconds
 * later, or never. `half`: carries out the write and fails before it answers. `strict`: refuses a password that it already has, as
 * a directory with a history does. `deaf`: writes, but answers no check.
 */
export const serviceFaults = ['up', 'up', 'up', 'down', 'silent', 'half', 'strict', 'deaf'] as const
export type ServiceFault = (typeof serviceFaults)[number]

export type RecordedWrite = { readonly login: string; readonly password: string }

/** A service in memory with faults that the test chooses. It records every password written there, in order. */
export const createFaultyService = (draw: () => number, now: () => number) => {
  const held = new Map<string, string>()
  const recordedWrites: RecordedWrite[] = []
  let late: (RecordedWrite & { readonly at: number })[] = []
  let fault: ServiceFault = 'up'

  const record = (write: RecordedWrite) => {
    held.set(write.login, write.password)
    recordedWrites.push(write)
  }
  const writes: Record<ServiceFault, (write: RecordedWrite) => Awaited<ReturnType<Writer['write']>>> = {
    up: write => {
      record(write)
      return ok()
    },
    deaf: write => {
      record(write)
      return ok()
    },
    strict: write => {
      if (held.get(write.login) === write.password) return refused('service-policy')
      record(write)
      return ok()
    },
    down: () => refused('service-unavailable'),
    half: write => {
      record(write)
      return refused('outcome-unknown')
    },
    silent: write => {
      if (draw() < 0.6) late.push({ ...write, at: now() + draw() * 20_000 })
      return refused('outcome-unknown')
    },
  }

  const service: Writer & Check = {
    longest: 1000,
    write: async ({ login }, password) => {
      await new Promise(resolve => setImmediate(resolve))
      return writes[fault]({ login, password })
    },
    prove: async ({ login }, password) => {
      await new Promise(resolve => setImmediate(resolve))
      if (fault === 'down' || fault === 'silent' || fault === 'deaf') return refused('service-unavailable')
      return held.get(login) === password ? ok() : refused('login-refused')
    },
    check: async () => [],
    close: async () => {},
  }

  return {
    service,
    recordedWrites,
    holds: (login: string) => held.get(login) ?? null,
    setFault: (next: ServiceFault) => {
      fault = next
    },
    /** Carries out the delayed writes of a silent service that are due now. */
    settleLate: () => {
      const due = late.filter(({ at }) => at <= now())
      late = late.filter(({ at }) => at > now())
      for (const write of due) record(write)
    },
  }
}
