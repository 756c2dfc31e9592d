import { CopyButton } from '../../ui/copy-button.tsx'
import { Field } from '../../ui/field.tsx'
import type { Ui } from '../../ui/ui.ts'
import { AccountPage } from '../account.page.tsx'
import { Action } from './action.part.tsx'

type Props = {
  readonly ui: Ui
  readonly login: string
  readonly inService: { readonly madeAt: number; readonly left: number } | null
  readonly waiting: boolean
  /** The codes in plain text, only in the response that creates them. */
  readonly sheet: readonly string[] | null
  /** How long after its first code a sheet proves a recovery; `null`: none asks for it. */
  readonly provesAfter: number | null
  readonly wrong: boolean
}

/** The sheet as a text file, which the browser saves from the page itself: nothing is asked of the server again. */
const fileOf = (ui: Ui, sheet: readonly string[], login: string) => {
  const lines = [ui.say('codes.sheet', { login }), '', ...sheet, '', ui.say('codes.sheet.keep'), '']
  return `data:text/plain;charset=utf-8,${encodeURIComponent(lines.join('\r\n'))}`
}

/** The part of the page that is printed. */
const Sheet = ({ ui, sheet, login }: { ui: Ui; sheet: readonly string[]; login: string }) => (
  <section aria-labelledby="feuille">
    <h2 id="feuille">{ui.say('codes.sheet', { login })}</h2>
    <p>{ui.say('codes.sheet.keep')}</p>
    <ol class="sheet" id="codes" translate={false}>
      {sheet.map(code => (
        <li>{code}</li>
      ))}
    </ol>
    <p class="unprinted">
      <b>{ui.say('codes.sheet.print')}</b>
    </p>
    <p class="unprinted">
      <button class="button" type="button" data-prints hidden>
        {ui.say('print')}
      </button>
    </p>
    <CopyButton ui={ui} of="codes" label={ui.say('codes.copy')} />
    <p class="unprinted">
      <a class="go" href={fileOf(ui, sheet, login)} download={ui.say('codes.file')}>
        {ui.say('codes.download')}
      </a>
    </p>
  </section>
)

const FirstUse = ({ ui, wrong }: { ui: Ui; wrong: boolean }) => (
  <form class="unprinted" method="post" noValidate action={ui.href('recoveryCodes')}>
    <input type="hidden" name="action" value="confirmer" />
    <Field
      name="code"
      label={ui.say('codes.first')}
      hint={ui.say('codes.first.hint')}
      error={wrong ? ui.say('sheet-code-wrong') : undefined}
      input={{ autocomplete: 'off', autocapitalize: 'characters', spellcheck: false, maxLength: 40 }}
    />
    <button class="button" type="submit">
      {ui.say('validate')}
    </button>
  </form>
)

/** Shows no sheet, a sheet that waits for its first code, or a sheet in service. */
export const recoveryCodesPage = (props: Props) => {
  const { ui, login, inService, waiting, sheet, provesAfter, wrong } = props
  const { say } = ui
  return (
    <AccountPage
      ui={ui}
      currentPage={{ route: 'recoveryCodes' }}
      heading={say('codes.title')}
      lead={say('codes.lead')}
      errors={wrong ? [{ field: 'code', sentence: say('sheet-code-wrong') }] : []}
    >
      {inService && (
        <p class="note unprinted">
          {say('codes.left', { left: inService.left, at: ui.dateTime(inService.madeAt) })}
        </p>
      )}
      {sheet && <Sheet ui={ui} sheet={sheet} login={login} />}
      {waiting && <FirstUse ui={ui} wrong={wrong} />}
      {!sheet && (
        <div class="stack unprinted">
          <Action
            ui={ui}
            to="recoveryCodes"
            action="commencer"
            label={say(inService || waiting ? 'codes.again' : 'codes.make')}
            second={waiting || inService !== null}
          />
          {inService && (
            <Action ui={ui} to="recoveryCodes" action="retirer" label={say('codes.remove')} second />
          )}
          <p class="quiet">{say('codes.when')}</p>
          {provesAfter !== null && (
            <p class="quiet">{say('codes.proves-after', { delay: ui.duration(provesAfter) })}</p>
          )}
        </div>
      )}
    </AccountPage>
  )
}
