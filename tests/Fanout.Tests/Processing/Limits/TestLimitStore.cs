using Fanout.Flow;
using Fanout.Runs;

namespace Fanout.Tests.Processing.Limits;

/// <summary>Limits as a home has them, for as long as a test.</summary>
internal sealed class TestLimitStore : ILimitStore
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, LimitLedger> _limits = new(StringComparer.Ordinal);

    public TestLimitStore(params IEnumerable<LimitSpec> limits)
    {
        foreach (var limit in limits)
            _limits.Add(limit.Name, new LimitLedger(limit));
    }

    public LimitBeat Beat { get; init; } = LimitBeat.OnThisMachine;

    /// <summary>Who holds something of its limits.</summary>
    public IReadOnlyList<string> Owners
    {
        get
        {
            lock (_lock)
                return [.. _limits.Values.SelectMany(ledger => ledger.Holdings).Select(holding => holding.Owner)];
        }
    }

    /// <summary>How often it was asked or told something.</summary>
    public int Calls { get; private set; }

    /// <summary>How often of these it was only looked at.</summary>
    public int Looks { get; private set; }

    /// <summary>The limit of which nothing is answered; null: there is none such.</summary>
    public string? Hangs { get; set; }

    /// <summary>True: it can be neither read nor written.</summary>
    public bool IsBroken { get; set; }

    public Task<IReadOnlyList<LimitLedger>> ListAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
            return Task.FromResult<IReadOnlyList<LimitLedger>>([.. _limits.Values]);
    }

    public Task<LimitLedger?> GetAsync(string name, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            Calls++;
            Looks++;
            return IsBroken ? Task.FromException<LimitLedger?>(new StorageException("broken")) : Task.FromResult(_limits.GetValueOrDefault(name));
        }
    }

    public Task<T> UpdateAsync<T>(string name, Func<LimitLedger?, (LimitLedger? Ledger, T Result)> change, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            Calls++;
            if (name == Hangs)
                return HangAsync<T>(cancellationToken);
            if (IsBroken)
                return Task.FromException<T>(new StorageException("broken"));
            var (ledger, result) = change(_limits.GetValueOrDefault(name));
            if (ledger is null)
                _limits.Remove(name);
            else
                _limits[name] = ledger;
            return Task.FromResult(result);
        }
    }

    private static async Task<T> HangAsync<T>(CancellationToken cancellationToken)
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        throw new StorageException("never");
    }
}
