import type { Clock } from '../clock.ts'
import type { Directory, PersonId } from '../directory/directory.ts'
import { type Lockout, sharesOf } from '../directory/lockout.ts'
import { hmac, type Keys } from '../keys.ts'
import type { Limits } from '../limits.ts'
import { ok, type Result } from '../result.ts'
import type { Store, Tx } from '../store/store.ts'
import type { Door, Doors } from '../web/doors.ts'
import type { Network } from '../web/network.ts'
import { failureRows, type Row } from './failure-rows.ts'

/** Who asks for a bind: anybody, or a browser or a session of the person in question. */
export type Asker = 'stranger' | 'own'

export type BindAsk = {
  /** The person who bears the login, or the login that nobody bears, folded. */
  readonly person: PersonId | null
  readonly login: string
  readonly asker: Asker
  readonly network: Network
  /** What the directory tells; `null`: nothing can be read. */
  readonly lockout: Lockout | null
}

/** A bind that was counted before it is made: of many sent at once no more than the budget reach the directory. */
export type Counted = {
  readonly name: string
  readonly asker: Asker
  readonly begunAt: number
  /** False: it is counted and answered as a wrong one, and the directory hears nothing of it (see `standing`). */
  readonly reaches: boolean
}

/** `until`: when passwords of this name are tried again; `null`: after a success of its owner. */
export type Spent = { readonly ok: false; readonly reason: 'budget-spent'; readonly until: number | null }
export type NetworkFull = { readonly ok: false; readonly reason: 'network-full' }

export type BindBudget = ReturnType<typeof bindBudget>

/** Clocks of the directory count whole seconds. */
const margin = 2000

/** How often, and how many times, a bind waits for those under way before it is refused on their account. */
const turn = 200
const turns = 15

/**
 * How many wrong passwords of one name may reach the directory. Of its own lock-out strangers together have half, the
 * person's known browsers and sessions a quarter: whatever strangers send, the directory locks nobody, and they use up
 * nothing of the owner's. Failures are forgotten one interval after the last of them, which is no shorter than what any
 * directory does (OpenLDAP counts those within the interval, 389 DS from the first, Active Directory from the last).
 * A name that nobody bears has the same rows with the same figures.
 */
export const bindBudget = (parts: {
  store: Store
  clock: Clock
  limits: Limits
  keys: Keys
  doors: Doors
  directory: Pick<Directory, 'longest'>
}) => {
  const { store, clock, limits, keys, doors, directory } = parts
  const rows = failureRows({ clock, longest: directory.longest })
  const networkDoor: Door = { name: 'failed-names', window: limits.failedNamesWindow }

  const nameOf = ({ person, login }: Pick<BindAsk, 'person' | 'login'>) =>
    hmac(keys.of('subject'), 'login', person ?? login)

  const ruleOf = (lockout: Lockout | null): Lockout =>
    lockout && lockout.maxFailures > 0
      ? lockout
      : { maxFailures: limits.failedBinds, interval: limits.failedBindsWindow }

  /** Names that one network made rows of are capped, borne or not: no row is evicted, the network is refused. */
  const networkIsFull = async (tx: Tx, { id, campus }: Network) => {
    // Passing by nought holds the network's row: names sent at once are counted one after the other.
    await doors.pass(tx, networkDoor, id, 0)
    const made = await rows.madeBy(tx, id, clock.now() - limits.failedNamesWindow)
    return made >= limits.failedNamesPerNetwork * (campus ? limits.campusFactor : 1)
  }

  type Verdict = { kind: 'counted'; counted: Counted } | { kind: 'busy' | 'spent'; until: number | null }

  /** A bind under way may fail at any instant: as long as there is one, the last failure is now. */
  const lastFailure = (rows: readonly (Row | null)[], now: number) =>
    Math.max(...rows.map(row => (row?.pending ? now : (row?.failed_at ?? 0))))

  /**
   * Where this asker stands with this name. `isFree`: a bind may be made, so many of those counted left aside.
   *
   * The owner's own share is small: one try where a directory locks after five. Past it an own browser takes what
   * strangers have left of theirs. When a name closes to strangers must not tell that somebody bears it and mistypes, so
   * it goes by their own count alone; those of their tries that the owner took reach the directory no more
   * (docs/decisions/017-wrong-passwords.md). The sum stays what both shares are together.
   */
  const standing = (asked: BindAsk, stranger: Row, own: Row | null) => {
    const now = clock.now()
    const { maxFailures, interval } = ruleOf(asked.lockout)
    const shares = sharesOf(maxFailures)
    // Where each cannot have a share, they have one together.
    const asker: Asker = asked.asker === 'own' && shares.own > 0 ? 'own' : 'stranger'
    const mine = (asker === 'own' && own) || stranger
    const forgottenAt = lastFailure([stranger, own], now) + interval + margin
    const isOver = interval > 0 && forgottenAt <= now
    const countedIn = (row: Row | null) => (isOver ? 0 : (row?.counted ?? 0))
    const counted = countedIn(mine)
    const leftOver = asker === 'own' ? Math.max(0, shares.stranger - countedIn(stranger)) : 0
    const taken = shares.own > 0 ? Math.max(0, countedIn(own) - shares.own) : 0
    const isFree = (without: number) =>
      counted - without < shares[asker] + leftOver && mine.in_a_row - without < limits.failedBindsInARow
    const reaches = asker === 'own' || counted + taken < shares.stranger
    const waitsForOwner = interval === 0 || shares[asker] === 0 || mine.in_a_row >= limits.failedBindsInARow
    return {
      asker,
      mine,
      isOver,
      counted,
      isFree,
      reaches,
      interval,
      until: waitsForOwner ? null : forgottenAt,
    }
  }

  const judge = async (tx: Tx, asked: BindAsk, stranger: Row, own: Row | null): Promise<Verdict> => {
    const { asker, mine, isOver, counted, isFree, reaches, interval, until } = standing(asked, stranger, own)
    if (isOver) await rows.forgetCounted(tx, stranger.name)
    if (!isFree(0)) return { kind: isFree(mine.pending) ? 'busy' : 'spent', until }
    await rows.begin(tx, mine, { counted, forgottenAfter: interval })
    return { kind: 'counted', counted: { name: stranger.name, asker, begunAt: clock.now(), reaches } }
  }

  const ask = (asked: BindAsk): Promise<Verdict | NetworkFull> =>
    store.transaction(async tx => {
      if (asked.asker === 'stranger' && (await networkIsFull(tx, asked.network)))
        return { ok: false, reason: 'network-full' } as const
      const name = nameOf(asked)
      const of = { name, network: asked.network.id, known: asked.person !== null }
      const stranger = await rows.hold(tx, { ...of, asker: 'stranger' })
      const own =
        asked.asker === 'own'
          ? await rows.hold(tx, { ...of, asker: 'own' })
          : await rows.look(tx, name, 'own')
      return judge(tx, asked, stranger, own)
    })

  return {
    /** Counts a bind, or refuses it. Whoever is refused because others are still under way waits for them a moment. */
    begin: async (asked: BindAsk): Promise<Result<{ counted: Counted }, never> | Spent | NetworkFull> => {
      for (let waited = 0; ; waited += 1) {
        const verdict = await ask(asked)
        if ('reason' in verdict) return verdict
        if (verdict.kind === 'counted') return ok({ counted: verdict.counted })
        if (verdict.kind === 'spent' || waited >= turns)
          return { ok: false, reason: 'budget-spent', until: verdict.until }
        await clock.sleep(turn)
      }
    },

    /** The right password. The directory forgot what had failed before this bind began; so do we. */
    right: (counted: Counted) =>
      store.transaction(async tx => {
        await rows.giveBack(tx, counted)
        await rows.forgive(tx, counted.name, counted.begunAt)
      }),

    /** A password that was refused, whatever it was. */
    failed: (counted: Counted) => store.transaction(tx => rows.failed(tx, counted)),

    /** Nothing is counted: the bind was not sent, or the directory said that it is the right one, and serves no more. */
    giveBack: (counted: Counted) => store.transaction(tx => rows.giveBack(tx, counted)),

    /** A success that is no bind of ours: recovery, or the desk that recognised the person. */
    forgive: (tx: Tx, person: PersonId, since: number) =>
      rows.forgive(tx, nameOf({ person, login: '' }), since),
  }
}
