import type { Limits } from '../../limits.ts'
import type { Store } from '../../store/store.ts'
import type { Ask } from '../../web/ask.ts'
import type { Door, Doors } from '../../web/doors.ts'

/** Sign-ins of one network, by whatever way. What is refused is not counted: whoever goes on does not keep it full. */
export const signInDoor = (parts: { store: Store; limits: Limits; doors: Doors }) => {
  const { store, limits, doors } = parts
  const door: Door = { name: 'sign-in', window: limits.signInWindow }

  return ({ network }: Pick<Ask, 'network'>) =>
    store.transaction(async tx => {
      const passed = await doors.pass(tx, door, network.id)
      if (passed <= limits.signInPerNetwork * (network.campus ? limits.campusFactor : 1)) return true
      await doors.pass(tx, door, network.id, -1)
      return false
    })
}
