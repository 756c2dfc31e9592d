import type { Audit } from '../../audit/audit.ts'
import type { Clock } from '../../clock.ts'
import type { RotatingKeys } from '../../crypto/rotating-keys.ts'
import type { HostKeys } from '../../host-keys/host-keys.ts'
import type { Store } from '../../store/store.ts'
import type { ServiceTarget } from './targets.ts'

export type DeliveryDeps = {
  readonly store: Store
  readonly clock: Clock
  readonly audit: Audit
  readonly rotatingKeys: RotatingKeys
  readonly hostKeys: Pick<HostKeys, 'inherited'>
  readonly targets: readonly ServiceTarget[]
}
