import { liveReceipt } from './receipt.ts'

liveReceipt()
