import { testShard } from './attack-shard.ts'

testShard('SQLite', { nth: 1, of: 2 })
