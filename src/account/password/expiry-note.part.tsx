import type { Person } from '../../directory/directory.ts'
import { hasExpiredPassword } from '../../directory/password-expiry.ts'
import type { Ui } from '../../ui/ui.ts'

type Props = {
  readonly ui: Ui
  readonly person: Person
  readonly now: number
  /** With a link to the page that changes the password. */
  readonly withLink?: boolean
}

/** Tells a person that the password expires soon, or has expired; nothing before the directory wants it told. */
export const ExpiryNote = ({ ui, person, now, withLink }: Props) => {
  const { passwordExpiry: expiry } = person
  if (!expiry || now < expiry.warnFrom) return null
  const { graceLeft: left } = expiry
  const at = ui.dateTime(expiry.at)
  return (
    <p class="note">
      {hasExpiredPassword(person, now) ? ui.say('expiry.over', { at, left }) : ui.say('expiry.near', { at })}
      {withLink && (
        <>
          {' '}
          <a href={ui.href('changePassword')}>{ui.say('expiry.change')}</a>
        </>
      )}
    </p>
  )
}
