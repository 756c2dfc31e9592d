import { type Counted, openCountedApplication } from '../test/world/counted-application.ts'
import { countJokerJourney, countPasswordWrite, totalOf } from '../test/world/joker-journey.ts'
import type { Figure } from './figure.ts'

const goals = { journey: { statements: 55, transactions: 8 }, write: { statements: 12, transactions: 2 } }

const withinGoal = (total: ReturnType<typeof totalOf>, goal: ReturnType<typeof totalOf>) =>
  total.statements <= goal.statements && total.transactions <= goal.transactions

/** The statements by their text, in the order in which they are first sent. */
const print = (title: string, { statements, transactions }: Counted) => {
  const times = new Map<string, number>()
  for (const sql of statements) times.set(sql, (times.get(sql) ?? 0) + 1)
  console.log(`\n${title}: ${statements.length} statements, ${transactions} transactions that write`)
  for (const [sql, count] of times) console.log(`${String(count).padStart(4)} × ${sql}`)
}

/**
 * The SQL statements and the transactions of a whole joker journey and of one write of a password, counted: they depend neither on
 * the machine nor on its load. The journey is a person's first: the portal has no history of theirs.
 */
export const countStatements = async (): Promise<Figure> => {
  const application = await openCountedApplication({ databaseUrl: undefined, crowd: 3 })
  const [first, writer] = application.crowd
  if (!first || !writer) throw new Error('no crowd')
  const requests = await countJokerJourney(application, first, 'Tr0mbone&Cascade-1')
  for (let index = 0; index < 4; index += 1)
    await countPasswordWrite(application, writer, `Tr0mbone&Cascade-${index}`)
  const write = await countPasswordWrite(application, writer, 'Tr0mbone&Cascade-9')
  await application.close()
  for (const { request, ...counted } of requests) print(request, counted)
  print('a write', write)
  const [journey, ofWrite] = [totalOf(requests), totalOf([write])]
  return {
    figure: 'statements',
    value: journey.statements,
    goal: `<= ${goals.journey.statements} in ${goals.journey.transactions} transactions; a write <= ${goals.write.statements} in ${goals.write.transactions}`,
    good: withinGoal(journey, goals.journey) && withinGoal(ofWrite, goals.write),
    detail: {
      journey,
      write: ofWrite,
      requests: Object.fromEntries(requests.map(one => [one.request, totalOf([one])])),
    },
  }
}
