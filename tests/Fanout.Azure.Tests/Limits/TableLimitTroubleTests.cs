using Azure.Core;
using Fanout.Azure.Tables;
using Fanout.Azure.Tests.Support;
using Fanout.Azure.Tests.Tables;
using Fanout.Flow;
using Xunit;

namespace Fanout.Azure.Tests.Limits;

/// <summary>Many at once, answers that are lost, late, or no; and how many operations it takes.</summary>
[Trait("Category", Categories.Azurite)]
public sealed class TableLimitTroubleTests : IAsyncLifetime
{
    private static readonly LimitLedger One = new(new LimitSpec("a", 1, null, 1));

    private readonly ScriptedTransport _transport = new();
    private readonly Dice _dice = new();
    private AzureStorage _hub = null!;
    private TableLimitStore _store = null!;

    public async Task InitializeAsync()
    {
        _hub = (await Azurite.SharedAsync()).NewHub(options => options with
        {
            Transport = _transport,
            MaxAttempts = 2,
            RequestTimeout = TimeSpan.FromSeconds(10),
        });
        // Waits of next to nothing: a hundred attempts are soon over.
        _store = new TableLimitStore(_hub, TimeProvider.System, () => _dice.Next() * 1e-6);
        await _store.UpdateAsync("a", _ => (One, true), default);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task EightProcessesAtOnce_LoseNoUpdate()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(process => Task.Run(async () =>
        {
            var store = new TableLimitStore(_hub, TimeProvider.System, new Dice(process).Next);
            for (var i = 0; i < 200; i++)
                await store.UpdateAsync("a", Grow, default);
        })));

        Assert.Equal(1_601, (await _store.GetAsync("a", default))!.Limit.Concurrency);
    }

    [Fact]
    public async Task Renewal_IsTwoOperations_AndOneThatChangesNothingIsOne()
    {
        Assert.Equal(2, await _transport.CountAsync(() => _store.UpdateAsync("a", Grow, default)));
        Assert.Equal(1, await _transport.CountAsync(() => _store.UpdateAsync("a", ledger => (ledger, true), default)));
        Assert.Equal(1, await _transport.CountAsync(() => _store.GetAsync("a", default)));
    }

    [Fact]
    public async Task LedgerOf200Processes_IsRowsBelow16KiB_AndStillTwoOperations()
    {
        await _store.UpdateAsync("crm-api", _ => (Ledgers.Of(200), true), default);

        Assert.Equal(2, await _transport.CountAsync(() => _store.UpdateAsync("crm-api", Grow, default)));
        Assert.Equal(200, (await _store.GetAsync("crm-api", default))!.Holdings.Count);
        Assert.InRange(await Rows.LargestAsync(_hub.Table("Limits")), 10_000, AzureStorage.MaxInlineBytes);
    }

    [Fact]
    public async Task ChangeWhoseAnswerIsLost_IsMadeOnce()
    {
        _transport.Script = OnceAtAWrite(Fate.AnswerLost);

        await _store.UpdateAsync("a", Grow, default);

        Assert.Equal(2, (await _store.GetAsync("a", default))!.Limit.Concurrency);
    }

    [Fact]
    public async Task RemovalWhoseAnswerIsLost_StillSaysThatThereWasOne()
    {
        _transport.Script = OnceAtAWrite(Fate.AnswerLost);

        Assert.True(await _store.UpdateAsync("a", ledger => ((LimitLedger?)null, ledger is not null), default));

        Assert.Null(await _store.GetAsync("a", default));
    }

    [Fact]
    public async Task ConflictsThatPass_AreOutlasted()
    {
        var left = Contention.MaxAttempts - 1;
        _transport.Script = request => IsWrite(request) && left-- > 0 ? Fate.Conflicts : Fate.Answered;

        await _store.UpdateAsync("a", Grow, default);

        Assert.Equal(2, (await _store.GetAsync("a", default))!.Limit.Concurrency);
    }

    [Fact]
    public async Task ConflictsThatDoNotPass_AreAStorageFailure()
    {
        _transport.Script = request => IsWrite(request) ? Fate.Conflicts : Fate.Answered;

        var failure = await Assert.ThrowsAsync<StorageException>(() => _store.UpdateAsync("a", Grow, default));

        Assert.Contains("limit 'a'", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Throttled")]
    [InlineData("Fails")]
    public async Task AccountThatRefuses_IsAStorageFailure_AndIsForgotten(string fate)
    {
        _transport.Script = _ => Enum.Parse<Fate>(fate);

        await Assert.ThrowsAsync<StorageException>(() => _store.GetAsync("a", default));
        await Assert.ThrowsAsync<StorageException>(() => _store.ListAsync(default));
        await Assert.ThrowsAsync<StorageException>(() => _store.UpdateAsync("a", Grow, default));

        _transport.Script = null;
        Assert.Equal(1, (await _store.GetAsync("a", default))!.Limit.Concurrency);
    }

    [Fact]
    public async Task AccountThatCannotBeReached_IsAStorageFailureWithoutAKey()
    {
        await using var azurite = await Azurite.StartAsync();
        var store = new TableLimitStore(azurite.NewHub(options => options with { MaxAttempts = 1 }), TimeProvider.System, new Dice().Next);
        azurite.Stop();

        var failure = await Assert.ThrowsAsync<StorageException>(() => store.GetAsync("a", default));

        Assert.Contains("storage account 'devstoreaccount1'", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Eby8vdM02", failure.ToString(), StringComparison.Ordinal);
    }

    private static (LimitLedger? Ledger, bool Result) Grow(LimitLedger? ledger) =>
        (ledger! with { Limit = ledger.Limit with { Concurrency = ledger.Limit.Concurrency + 1 } }, true);

    private static bool IsWrite(Request request) => request.Uri.ToString().EndsWith("$batch", StringComparison.Ordinal);

    private static Func<Request, Fate> OnceAtAWrite(Fate fate)
    {
        var left = 1;
        return request => IsWrite(request) && Interlocked.Decrement(ref left) == 0 ? fate : Fate.Answered;
    }
}
