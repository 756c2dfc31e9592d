import { it } from 'vitest'
import { runLongAttack } from './long.ts'

it('a long attack on PostgreSQL finds nothing', { timeout: 0 }, () => runLongAttack('PostgreSQL'))
