import { it } from 'vitest'
import { attackLong } from './long.ts'

it('a long attack on SQLite finds nothing', { timeout: 0 }, () => attackLong('SQLite'))
