using Fanout.Flow;
using Fanout.Runs;
using Xunit;

namespace Fanout.Conformance.Limits;

/// <summary>What every store of limits promises.</summary>
public abstract class LimitStoreContract
{
    /// <summary>A limit that two processes have shares of.</summary>
    protected static LimitLedger Crm { get; } = new(new LimitSpec("crm-api", 20, Rate.Parse("100/min"), 10))
    {
        Holdings =
        [
            new LimitHolding("host:1:2", new DateTimeOffset(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero), 12, 6, [new LimitRunShare("a", 0.5, 40, 12)]),
            new LimitHolding("host:3:4", DateTimeOffset.MaxValue, 8, 4, []),
        ],
    };

    /// <summary>The store, empty when a test begins.</summary>
    protected abstract ILimitStore Store { get; }

    [Fact]
    public async Task AddedLedger_ComesBackAsItWas()
    {
        Assert.Equal("done", await Store.UpdateAsync("crm-api", ledger => (Crm, ledger is null ? "done" : "there"), default));

        Assert.Equivalent(Crm, await Store.GetAsync("crm-api", default), strict: true);
        Assert.Equivalent(Crm, Assert.Single(await Store.ListAsync(default)), strict: true);
    }

    [Fact]
    public async Task UnknownLimit_IsNull()
    {
        Assert.Null(await Store.GetAsync("crm-api", default));
        Assert.Empty(await Store.ListAsync(default));
        Assert.True(await Store.UpdateAsync("crm-api", ledger => (ledger, ledger is null), default));
        Assert.Empty(await Store.ListAsync(default));
    }

    [Fact]
    public async Task List_IsInOrderOfNames()
    {
        foreach (var name in new[] { "b", "a-1", "B", "a.1" })
            await SetAsync(name, 1);

        Assert.Equal(["B", "a-1", "a.1", "b"], (await Store.ListAsync(default)).Select(ledger => ledger.Limit.Name));
    }

    [Fact]
    public async Task Change_SeesWhatTheOneBeforeMade()
    {
        await SetAsync("a", 1);

        var seen = await Store.UpdateAsync("a", ledger => (ledger! with { Limit = ledger.Limit with { Concurrency = 2 } }, ledger.Limit.Concurrency), default);

        Assert.Equal(1, seen);
        Assert.Equal(2, (await Store.GetAsync("a", default))!.Limit.Concurrency);
    }

    [Fact]
    public async Task Null_Removes()
    {
        await SetAsync("a", 1);
        await SetAsync("b", 1);

        Assert.Equal(7, await Store.UpdateAsync("a", _ => ((LimitLedger?)null, 7), default));

        Assert.Equal("b", Assert.Single(await Store.ListAsync(default)).Limit.Name);
    }

    [Fact]
    public async Task ArgumentReturned_ChangesNothing()
    {
        await SetAsync("a", 1);

        Assert.Equal(1, await Store.UpdateAsync("a", ledger => (ledger, ledger!.Limit.Concurrency), default));

        Assert.Equal(1, (await Store.GetAsync("a", default))!.Limit.Concurrency);
    }

    [Fact]
    public async Task ConcurrentChanges_AreAtomic()
    {
        await SetAsync("a", 1);

        await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => Task.Run(() => IncrementAsync(Store))));

        Assert.Equal(101, (await Store.GetAsync("a", default))!.Limit.Concurrency);
    }

    [Fact]
    public async Task ChangeThatFails_ChangesNothing()
    {
        await SetAsync("a", 1);

        await Assert.ThrowsAsync<FormatException>(() => Store.UpdateAsync<int>("a", _ => throw new FormatException(), default));

        await IncrementAsync(Store);
        Assert.Equal(2, (await Store.GetAsync("a", default))!.Limit.Concurrency);
    }

    /// <summary>Makes the limit <c>a</c> one greater.</summary>
    protected static Task<bool> IncrementAsync(ILimitStore store) => store.UpdateAsync(
        "a", ledger => (ledger! with { Limit = ledger.Limit with { Concurrency = ledger.Limit.Concurrency + 1 } }, true), default);

    /// <summary>Sets a limit.</summary>
    protected Task<bool> SetAsync(string name, int concurrency) =>
        Store.UpdateAsync(name, _ => (new LimitLedger(new LimitSpec(name, concurrency, null, 1)), true), default);

    [Fact]
    public async Task LedgerOf200Processes_ComesBackAsItWas()
    {
        var large = Crm with
        {
            Holdings = [.. Enumerable.Range(0, 200).Select(i => new LimitHolding(
                $"machine-{i}.example.internal:{i}:123456789-abcdefgh-4026531836:1", DateTimeOffset.UnixEpoch.AddTicks(i), i, i, [new LimitRunShare($"nightly-{i}", 0.1 + i, i, i)])
            {
                ConcurrencyCredit = i / 7d,
                RateCredit = -i / 11d,
            })],
        };
        await Store.UpdateAsync("crm-api", _ => (large, true), default);
        Assert.Equivalent(large, await Store.GetAsync("crm-api", default), strict: true);

        await Store.UpdateAsync("crm-api", ledger => (ledger! with { Holdings = [.. ledger.Holdings.Take(2)] }, true), default);

        Assert.Equivalent(large with { Holdings = [.. large.Holdings.Take(2)] }, Assert.Single(await Store.ListAsync(default)), strict: true);
        await Store.UpdateAsync("crm-api", _ => ((LimitLedger?)null, true), default);
        Assert.Null(await Store.GetAsync("crm-api", default));
    }
}
