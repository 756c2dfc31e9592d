import { it } from 'vitest'
import { attackLong } from './long.ts'

it('a long attack on PostgreSQL finds nothing', { timeout: 0 }, () => attackLong('PostgreSQL'))
