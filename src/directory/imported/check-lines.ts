import type { CheckLine } from '../check-line.ts'

/** What `sesame check` can find wrong where people identify themselves by what was imported. */
export const importedLines = {
  imported: {
    how: 'With `identification: import`: the imported people of the store are counted.',
    level: 'wrong',
    remedy: 'sesame import people FILE (docs/operate/identification.md), or set identification: directory.',
  },
  'imported-missing': {
    how: 'With `identification: import`: the people of each population are counted of whom no number of this population was imported.',
    level: 'share',
    remedy: 'Export these people too, and repeat sesame import people.',
  },
  'imported-shared': {
    how: 'With `identification: import`: the people are counted who have a number that somebody else has too.',
    level: 'wrong',
    remedy:
      'Correct the file, and repeat sesame import people; with --remove-missing where one of them has left.',
  },
  'imported-unknown': {
    how: 'With `identification: import`: the imported ids are compared with those of all entries of the directory.',
    level: 'share',
    remedy:
      'Where these people are gone, repeat sesame import people with --remove-missing. Where nobody is found, the file was made with another id than directory.attributes.id.',
  },
  'imported-lookup': {
    how: 'With `identification: import`: some imported people are read by their id, as in a journey.',
    level: 'wrong',
    remedy:
      'Let the portal’s entry search by the attribute of directory.attributes.id, as docs/operate/openldap.acl does.',
  },
  'imported-untried': {
    how: 'With `identification: import`: everybody is read from the directory, in pages.',
    level: 'untried',
    remedy: 'Follow the lines on the connection and on size-limit, then run sesame check again.',
  },
} as const satisfies Record<string, CheckLine>
