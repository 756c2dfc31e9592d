import type { CsvRecord } from '../../csv.ts'
import { ok, type Result } from '../../result.ts'
import { parseBirthDate } from '../birth-date.ts'
import { type NumberKind, numberKinds } from '../directory.ts'
import { foldNumber, isNumber } from '../number.ts'
import type { ImportedPerson } from './rows.ts'

/** The columns of the file, in any order, named by its first line. There is none for names: no proof compares them. */
const columns = ['id', 'birth-date', ...numberKinds] as const
type Column = (typeof columns)[number]

const isColumn = (name: string): name is Column => columns.some(column => column === name)

/** Somebody, and the line of the file. */
export type PersonLine = ImportedPerson & { readonly line: number }

type LineProblem = { readonly line: number; readonly sentence: string }

export type PeopleFile = {
  readonly people: readonly PersonLine[]
  /** Every line that is wrong, in the order of the file; they name no value. */
  readonly problems: readonly LineProblem[]
  /** Every id of the file, those of wrong lines too. */
  readonly ids: ReadonlySet<string>
  /** A line without an id is of somebody, and it is not known of whom. */
  readonly hasLineWithoutId: boolean
}

const uuid =
  /^(?:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{8}(?:-[0-9a-f]{8}){3})$/i

/** Directories write a UUID in small letters, some exports in capitals; any other id is as the directory has it. */
const idOf = (written: string) => (uuid.test(written) ? written.toLowerCase() : written)

function readHeader(record: CsvRecord | undefined): Result<{ header: readonly Column[] }, string> {
  const names = (record?.cells ?? []).map(name => name.toLowerCase())
  const known = `The first line names the columns: id, birth-date and at least one of ${numberKinds.join(', ')}`
  const strange = names.find(name => !isColumn(name))
  if (strange !== undefined)
    return {
      ok: false,
      reason: `« ${strange} » is no column. ${known}. Names are not imported: leave them out.`,
    }
  const header = names.filter(isColumn)
  const twice = header.find((name, index) => header.indexOf(name) !== index)
  if (twice) return { ok: false, reason: `The column ${twice} is there twice. ${known}.` }
  const isComplete =
    header.includes('id') && header.includes('birth-date') && numberKinds.some(kind => header.includes(kind))
  return isComplete ? ok({ header }) : { ok: false, reason: `${known}.` }
}

function readNumbers(cellOf: (column: Column) => string) {
  const numbers: { kind: NumberKind; number: string }[] = []
  const sentences: string[] = []
  for (const kind of numberKinds) {
    const number = foldNumber(kind, cellOf(kind))
    if (number === '') continue
    if (isNumber(kind, number)) numbers.push({ kind, number })
    else sentences.push(`its ${kind} has characters that no number has`)
  }
  if (numbers.length === 0 && sentences.length === 0) sentences.push('it has no number')
  return { numbers, sentences }
}

/** A line as its person, or everything that is wrong with it. */
function readLine({ line, cells }: CsvRecord, header: readonly Column[], today: Date) {
  const cellOf = (column: Column) => cells[header.indexOf(column)] ?? ''
  const id = idOf(cellOf('id'))
  const date = parseBirthDate(cellOf('birth-date'), today)
  const { numbers, sentences } = readNumbers(cellOf)
  if (cells.length > header.length) sentences.unshift('it has more cells than the first line')
  if (id === '') sentences.unshift('it has no id')
  if (!date.ok)
    sentences.push(
      date.reason === 'date-missing'
        ? 'it has no birth-date'
        : 'its birth-date is none: write 1985-07-14 or 14/07/1985, with 00 for a day or a month that is not known',
    )
  const person = date.ok && sentences.length === 0 ? { line, id, born: date.date, numbers } : null
  return { line, id, numbers, person, sentences }
}

type NumberedLine = Pick<PersonLine, 'line' | 'id' | 'numbers'>

/**
 * Which other line has the same id, or the same number for somebody else: nobody can say which of them is right, nor whether it is the one
 * that is wrong in another way too.
 */
function createDoubles(lines: readonly NumberedLine[]) {
  const byId = Map.groupBy(
    lines.filter(({ id }) => id !== ''),
    ({ id }) => id,
  )
  const byNumber = Map.groupBy(
    lines.flatMap(({ line, id, numbers }) =>
      numbers.map(({ kind, number }) => ({ line, id, name: `${kind} ${number}` })),
    ),
    ({ name }) => name,
  )
  return ({ line, id, numbers }: NumberedLine): readonly string[] => {
    const same = byId.get(id)?.find(other => other.line !== line)
    const shared = numbers.flatMap(({ kind, number }) => {
      const other = byNumber.get(`${kind} ${number}`)?.find(one => one.id !== id)
      return other ? [`its ${kind} is that of line ${other.line} too`] : []
    })
    return [...(same ? [`its id is that of line ${same.line} too`] : []), ...shared]
  }
}

/** Reads the table of `sesame import people`. A refusal concerns the whole file: its first line is not understood. */
export function readPeopleFile(
  records: readonly CsvRecord[],
  today: Date,
): Result<{ file: PeopleFile }, string> {
  const [first, ...others] = records
  const head = readHeader(first)
  if (!head.ok) return head
  const read = others.map(record => readLine(record, head.header, today))
  const lines = read.flatMap(({ person }) => person ?? [])
  const doublesOf = createDoubles(read)
  const doubles = new Map(read.map(one => [one.line, doublesOf(one)]))
  const problems = read.flatMap(({ line, sentences }) => {
    const all = [...sentences, ...(doubles.get(line) ?? [])]
    return all.length === 0 ? [] : [{ line, sentence: all.join('; ') }]
  })
  const people = lines.filter(({ line }) => (doubles.get(line) ?? []).length === 0)
  return ok({
    file: {
      people,
      problems,
      ids: new Set(read.map(({ id }) => id).filter(Boolean)),
      hasLineWithoutId: read.some(({ id }) => id === ''),
    },
  })
}
