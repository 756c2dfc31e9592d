import { liveRules } from './password-rules.ts'

liveRules()
