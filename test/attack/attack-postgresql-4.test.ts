import { testShard } from './attack-shard.ts'

testShard('PostgreSQL', { nth: 4, of: 4 })
