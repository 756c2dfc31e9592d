import { testShard } from './attack-shard.ts'

testShard('PostgreSQL', { nth: 2, of: 4 })
