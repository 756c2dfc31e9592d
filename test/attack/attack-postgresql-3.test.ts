import { testShard } from './attack-shard.ts'

testShard('PostgreSQL', { nth: 3, of: 4 })
