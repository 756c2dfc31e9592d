import type { TextKey } from '../texts/texts.ts'
import type { Ui } from '../ui/ui.ts'
import { compositionRules, type LineId, linesOf, type Policy, specials } from './policy.ts'

/** The text of one line of the rules. */
export const lineText = (ui: Ui, line: LineId, policy: Policy) => {
  const { min, max, history } = policy
  const keys: Record<LineId, TextKey> = {
    composition: compositionRules(policy).length > 1 ? 'rule.composition.uphf' : 'rule.composition.plain',
    spaces: `rule.spaces.${policy.spaces}`,
    login: 'rule.login',
    history: 'rule.history',
    ascii: 'rule.ascii',
    guessable: 'rule.guessable',
  }
  return ui.say(keys[line], { min, max, history })
}

/** The characters that count as special, where the policy asks for one. */
export const Specials = ({ line, policy }: { line: LineId; policy: Policy }) =>
  line === 'composition' && policy.special ? (
    <>
      {' '}
      <code>{[...specials].join(' ')}</code>
    </>
  ) : null

/** The rules as a list to read, outside any form. */
export const PolicyLines = ({ ui, policy }: { ui: Ui; policy: Policy }) => (
  <ul class="dashes policy">
    {linesOf(policy).map(line => (
      <li>
        <span>
          {lineText(ui, line, policy)}
          <Specials line={line} policy={policy} />
        </span>
      </li>
    ))}
  </ul>
)
