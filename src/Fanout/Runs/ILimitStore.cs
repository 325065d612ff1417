using Fanout.Flow;

namespace Fanout.Runs;

/// <summary>Where the limits of a home are kept.</summary>
public interface ILimitStore
{
    /// <summary>How often processes are to renew their shares here. <see cref="LimitBeat.OnThisMachine"/> unless the store says otherwise.</summary>
    LimitBeat Beat => LimitBeat.OnThisMachine;

    /// <summary>All limits, by name.</summary>
    /// <exception cref="StorageException">They cannot be read.</exception>
    Task<IReadOnlyList<LimitLedger>> ListAsync(CancellationToken cancellationToken);

    /// <summary>One limit; null: there is none of that name.</summary>
    /// <exception cref="StorageException">It cannot be read.</exception>
    Task<LimitLedger?> GetAsync(string name, CancellationToken cancellationToken);

    /// <summary>
    /// Replaces a limit by what <paramref name="change"/> makes of it, atomically: no two changes see the same ledger. The change is pure, gets
    /// null when there is none of that name, removes the limit by returning null, changes nothing by returning its argument, and may be called
    /// more than once.
    /// </summary>
    /// <exception cref="StorageException">It cannot be written; nothing was.</exception>
    Task<T> UpdateAsync<T>(string name, Func<LimitLedger?, (LimitLedger? Ledger, T Result)> change, CancellationToken cancellationToken);
}
