import { describe, expect, it } from 'vitest'
import { readCsv } from '../../csv.ts'
import { readPeopleFile } from './lines.ts'

const today = new Date('2026-09-01')
const uuid = (digit: number) => `0000000${digit}-1111-1111-1111-111111111111`

const read = (text: string) => {
  const table = readCsv(text)
  if (!table.ok) throw new Error(table.reason)
  return readPeopleFile(table.records, today)
}
const fileOf = (...lines: readonly string[]) => {
  const found = read(['id,birth-date,staff-number,uid', ...lines].join('\n'))
  if (!found.ok) throw new Error(found.reason)
  return found.file
}

describe('the file of people', () => {
  it('is read by the names of its columns, in any order, with either separator', () => {
    const found = read(`uid;birth-date;ID;ine\nM.Durand;14/07/1985;${uuid(1)};0123-456 789M\n`)
    expect(found).toMatchObject({
      ok: true,
      file: {
        people: [
          {
            id: uuid(1),
            born: { year: 1985, month: 7, day: 14 },
            numbers: [
              { kind: 'ine', number: '123456789m' },
              { kind: 'uid', number: 'm.durand' },
            ],
          },
        ],
        problems: [],
      },
    })
  })

  it('takes a UUID in capitals for the one in small letters, and leaves any other id as it is', () => {
    const { people } = fileOf(
      `${uuid(1).replace('0', 'A')},1985-07-14,204518,`,
      'ABCDEF01-23456789-ABCDEF01-23456789,1985-07-14,204519,',
      'Réf-A7,1985-07-14,204520,',
    )
    expect(people.map(({ id }) => id)).toEqual([
      uuid(1).replace('0', 'a'),
      'abcdef01-23456789-abcdef01-23456789',
      'Réf-A7',
    ])
  })

  it.each(['1985-07-14', '14/07/1985', '14.7.1985', '14071985'])('reads the date %s', written => {
    expect(fileOf(`${uuid(1)},${written},204518,`).people[0]?.born).toEqual({ year: 1985, month: 7, day: 14 })
  })

  it('reads 00 for a day or a month that no registry knows', () => {
    expect(fileOf(`${uuid(1)},1971-00-00,204518,`).people[0]?.born).toEqual({ year: 1971, month: 0, day: 0 })
  })

  it.each([
    ['no id', ',1985-07-14,204518,', /^it has no id$/],
    ['no date', `${uuid(1)},,204518,`, /^it has no birth-date$/],
    ['a date that is none', `${uuid(1)},1985-02-30,204518,`, /^its birth-date is none: write 1985-07-14/],
    ['a year of two digits', `${uuid(1)},14/07/85,204518,`, /^its birth-date is none/],
    ['no number', `${uuid(1)},1985-07-14,,`, /^it has no number$/],
    ['a number that is none', `${uuid(1)},1985-07-14,20#18,`, /^its staff-number has characters/],
    ['more cells than columns', `${uuid(1)},1985-07-14,204518,,Lefèvre`, /^it has more cells/],
    ['several faults', ',,,', null],
    ['each fault', `,31/02/1985,20#18,`, /^it has no id; its staff-number has .*; its birth-date is none/],
  ])('refuses a line with %s, by its number and without its content', (_, line, sentence) => {
    const { people, problems } = fileOf(`${uuid(2)},1980-01-01,198077,`, line)
    expect(people.map(({ id }) => id)).toEqual([uuid(2)])
    // A line of separators alone is no line.
    expect(problems).toEqual(sentence ? [{ line: 3, sentence: expect.stringMatching(sentence) }] : [])
    expect(JSON.stringify(problems)).not.toMatch(/20#18|204518|Lefèvre/)
  })

  it('refuses every line of an id or of a number that several lines have, and names the other line', () => {
    const { people, problems, ids } = fileOf(
      `${uuid(1)},1985-07-14,204518,`,
      `${uuid(2)},1980-01-01,198077,`,
      `${uuid(1)},1985-07-14,204519,`,
      `${uuid(3)},1980-01-01,0198 077,`,
      `${uuid(4)},1980-01-01,300000,`,
    )
    expect(people.map(({ id }) => id)).toEqual([uuid(4)])
    expect(problems).toEqual([
      { line: 2, sentence: 'its id is that of line 4 too' },
      { line: 3, sentence: 'its staff-number is that of line 5 too' },
      { line: 4, sentence: 'its id is that of line 2 too' },
      { line: 5, sentence: 'its staff-number is that of line 3 too' },
    ])
    expect(ids.size).toBe(4)
  })

  it('refuses a line whose id or number a line has that is wrong in another way', () => {
    const { people, problems } = fileOf(
      `${uuid(1)},none,204518,`,
      `${uuid(2)},1980-01-01,204518,`,
      `${uuid(1)},1985-07-14,300000,`,
    )
    expect(people).toEqual([])
    expect(problems.map(({ line, sentence }) => [line, sentence.split('; ').at(-1)])).toEqual([
      [2, 'its staff-number is that of line 3 too'],
      [3, 'its staff-number is that of line 2 too'],
      [4, 'its id is that of line 2 too'],
    ])
  })

  it('lets two people have one number where it is of two kinds', () => {
    const { problems } = fileOf(`${uuid(1)},1985-07-14,204518,`, `${uuid(2)},1985-07-14,,204518`)
    expect(problems).toEqual([])
  })

  it.each([
    ['id,staff-number', /at least one of/],
    ['birth-date,staff-number', /at least one of/],
    ['id,birth-date', /at least one of/],
    ['id,birth-date,family-name,uid', /« family-name » is no column.*Names are not imported/],
    ['id,birth-date,uid,uid', /The column uid is there twice/],
    [`${uuid(1)},1985-07-14,204518`, /is no column/],
    ['', /at least one of/],
  ])('is refused as a whole with the first line « %s »', (header, reason) => {
    expect(read(`${header}\n${uuid(1)},1985-07-14,204518,\n`)).toMatchObject({
      ok: false,
      reason: expect.stringMatching(header === '' ? /is no column/ : reason),
    })
  })
})
