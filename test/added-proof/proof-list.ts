import { proofList as ofTheProduct } from '../../src/proofs/proof-list.ts'
import { spokenCode } from './spoken-code/descriptor.ts'

/** The list of `src/proofs/proof-list.ts` with one line more; the project `added-proof` of the tests uses it instead. */
export const proofList = {
  ...ofTheProduct,
  spokenCodes: spokenCode,
}
