import { testShard } from './attack-shard.ts'

testShard('SQLite', { nth: 2, of: 2 })
