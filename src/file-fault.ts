/**
 * A write to a file that is open names no file in its fault: a full disk would be taken for that of the store. The fault with the
 * path, for `explainFault`.
 */
export const faultAt = (path: string, fault: unknown) =>
  fault instanceof Error && 'code' in fault && !('path' in fault) ? Object.assign(fault, { path }) : fault

/** Does work on an open file; its faults name the file. */
export const onFile = <Value>(path: string, work: () => Value): Value => {
  try {
    return work()
  } catch (fault) {
    throw faultAt(path, fault)
  }
}
