import { afterEach } from 'vitest'
import { forgetLogs, printLogs } from './log-tail.ts'

/** A setup file of the tests that start servers: it runs before each test file. */
forgetLogs()

afterEach(({ task }) => {
  if (task.result?.state === 'fail') printLogs()
})
