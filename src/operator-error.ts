/**
 * A fault that the operator can remedy. Its message is the whole report: it names the setting, the file or the server, and
 * says what to do. `setting` is the path of the setting concerned, or the part of the portal.
 */
export class OperatorError extends Error {
  readonly setting: string
  constructor(setting: string, sentence: string, cause?: unknown) {
    super(sentence, { cause })
    this.setting = setting
  }
}
