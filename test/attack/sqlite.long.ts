import { it } from 'vitest'
import { runLongAttack } from './long.ts'

it('a long attack on SQLite finds nothing', { timeout: 0 }, () => runLongAttack('SQLite'))
