using Fanout.Flow;

namespace Fanout.Runs;

/// <summary>Everything one may ask of the limits that a home's runs share.</summary>
public interface ILimitClient
{
    /// <summary>Adds a limit, or changes it for the runs under it: they feel it within a slice, and keep what they have of it as far as it still reaches.</summary>
    /// <exception cref="SpecException">A value is out of its range, or there is neither a concurrency nor a rate; nothing was set.</exception>
    Task SetAsync(LimitSpec limit, CancellationToken cancellationToken);

    /// <summary>All limits, by name, with who has what share of them now.</summary>
    Task<IReadOnlyList<LimitLedger>> ListAsync(CancellationToken cancellationToken);

    /// <summary>One limit, with who has what share of it now.</summary>
    /// <exception cref="LimitException">There is none of that name.</exception>
    Task<LimitLedger> GetAsync(string name, CancellationToken cancellationToken);

    /// <summary>Removes a limit that no run needs any more.</summary>
    /// <exception cref="LimitException">There is none of that name, or runs that have not ended name it.</exception>
    Task RemoveAsync(string name, CancellationToken cancellationToken);
}
