import { testShard } from './attack-shard.ts'

testShard('PostgreSQL', { nth: 1, of: 4 })
