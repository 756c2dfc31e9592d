import type { Limits } from '../../limits.ts'
import type { Store } from '../../store/store.ts'
import type { Door, Doors } from '../../web/doors.ts'
import type { HandlerRequest } from '../../web/handler.ts'

/**
 * Sign-ins of one network, by whatever way: `null` where there is room, else when there is again. What is refused is not
 * counted: whoever goes on does not keep it full.
 */
export const signInDoor = (parts: { store: Store; limits: Limits; doors: Doors }) => {
  const { store, limits, doors } = parts
  const door: Door = { name: 'sign-in', window: limits.signInWindow }

  return ({ network }: Pick<HandlerRequest, 'network'>): Promise<number | null> =>
    store.transaction(async tx => {
      const limit = limits.signInPerNetwork * (network.campus ? limits.campusFactor : 1)
      const full = await doors.admit(tx, [{ door, key: network.id, limit, reason: 'full' }])
      return full === null ? null : doors.opensAt(door, network.id, limit, tx)
    })
}
