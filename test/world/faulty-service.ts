import { ok, refused } from '../../src/result.ts'
import type { Check, Writer } from '../../src/services/services.ts'

/**
 * Behaviours of a service. `down`: refuses every request. `silent`: does not answer, and carries out the write up to twenty seconds
 * later, or never. `half`: carries out the write and fails before it answers. `strict`: refuses a password that it already has, as
 * a directory with a history does. `deaf`: writes, but answers no check.
 */
export const serviceFaults = ['up', 'up', 'up', 'down', 'silent', 'half', 'strict', 'deaf'] as const
export type ServiceFault = (typeof serviceFaults)[number]

export type Landing = { readonly login: string; readonly password: string }

/** A service in memory with faults that the test chooses. It records every password written there, in order. */
export const createFaultyService = (draw: () => number, now: () => number) => {
  const held = new Map<string, string>()
  const landings: Landing[] = []
  let late: (Landing & { readonly at: number })[] = []
  let mood: ServiceFault = 'up'

  const land = (landing: Landing) => {
    held.set(landing.login, landing.password)
    landings.push(landing)
  }
  const writes: Record<ServiceFault, (landing: Landing) => Awaited<ReturnType<Writer['write']>>> = {
    up: landing => {
      land(landing)
      return ok()
    },
    deaf: landing => {
      land(landing)
      return ok()
    },
    strict: landing => {
      if (held.get(landing.login) === landing.password) return refused('service-policy')
      land(landing)
      return ok()
    },
    down: () => refused('service-unavailable'),
    half: landing => {
      land(landing)
      return refused('outcome-unknown')
    },
    silent: landing => {
      if (draw() < 0.6) late.push({ ...landing, at: now() + draw() * 20_000 })
      return refused('outcome-unknown')
    },
  }

  const service: Writer & Check = {
    longest: 1000,
    write: async ({ login }, password) => {
      await new Promise(resolve => setImmediate(resolve))
      return writes[mood]({ login, password })
    },
    prove: async ({ login }, password) => {
      await new Promise(resolve => setImmediate(resolve))
      if (mood === 'down' || mood === 'silent' || mood === 'deaf') return refused('service-unavailable')
      return held.get(login) === password ? ok() : refused('login-refused')
    },
    check: async () => [],
    close: async () => {},
  }

  return {
    service,
    landings,
    holds: (login: string) => held.get(login) ?? null,
    be: (next: ServiceFault) => {
      mood = next
    },
    /** Carries out the delayed writes of a silent service that are due now. */
    settleLate: () => {
      const due = late.filter(({ at }) => at <= now())
      late = late.filter(({ at }) => at > now())
      for (const landing of due) land(landing)
    },
  }
}
