using Azure.Core;
using Fanout.Azure.Tables;
using Fanout.Azure.Tests.Support;
using Fanout.Azure.Tests.Tables;
using Fanout.Runs;
using Xunit;

namespace Fanout.Azure.Tests.Catalog;

/// <summary>Answers that are lost, late, or no.</summary>
[Trait("Category", Categories.Azurite)]
public sealed class TableCatalogTroubleTests : IAsyncLifetime
{
    private readonly ScriptedTransport _transport = new();
    private readonly Dice _dice = new();
    private TableRunCatalog _catalog = null!;

    public async Task InitializeAsync()
    {
        var hub = (await Azurite.SharedAsync()).NewHub(options => options with
        {
            Transport = _transport,
            MaxAttempts = 2,
            RequestTimeout = TimeSpan.FromMilliseconds(500),
        });
        // Waits of next to nothing: a hundred attempts are soon over.
        _catalog = new TableRunCatalog(hub, TimeProvider.System, () => _dice.Next() * 1e-6);
        await _catalog.GetAsync("a", default);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task ChangeWhoseAnswerIsLost_IsMadeOnce()
    {
        await _catalog.TryAddAsync(Runs.New("a"), default);
        _transport.Script = FirstOf("PATCH", Fate.AnswerLost);

        var control = await _catalog.UpdateControlAsync("a", control => control with { Concurrency = (control.Concurrency ?? 0) + 1 }, default);

        Assert.Equal(new RunControl(1, Concurrency: 1), control);
        Assert.Equal(control, await _catalog.GetControlAsync("a", default));
    }

    [Fact]
    public async Task AddWhoseAnswerIsLost_IsStillThisOnes()
    {
        var inserts = 0;
        _transport.Script = request => request.Method == RequestMethod.Post && ++inserts == 2 ? Fate.AnswerLost : Fate.Answered;

        Assert.True(await _catalog.TryAddAsync(Runs.New("a"), default));

        Assert.False(await _catalog.TryAddAsync(Runs.New("a"), default));
    }

    [Fact]
    public async Task ConflictsThatPass_AreOutlasted()
    {
        await _catalog.TryAddAsync(Runs.New("a"), default);
        var left = Contention.MaxAttempts - 1;
        _transport.Script = request => request.Method == RequestMethod.Patch && left-- > 0 ? Fate.Conflicts : Fate.Answered;

        Assert.Equal(1, (await _catalog.UpdateControlAsync("a", control => control with { Paused = true }, default))!.Version);
    }

    [Fact]
    public async Task ConflictsThatDoNotPass_AreAStorageFailure()
    {
        await _catalog.TryAddAsync(Runs.New("a"), default);
        _transport.Script = request => request.Method == RequestMethod.Patch ? Fate.Conflicts : Fate.Answered;

        var failure = await Assert.ThrowsAsync<StorageException>(() => _catalog.UpdateControlAsync("a", control => control with { Paused = true }, default));

        Assert.Equal("Could not write run 'a' in storage account 'devstoreaccount1': others changed it first, 100 times in a row. Try again.", failure.Message);
    }

    [Theory]
    [InlineData("Throttled")]
    [InlineData("Fails")]
    [InlineData("Hangs")]
    [InlineData("AnswerLost")]
    public async Task AccountThatDoesNotAnswer_IsAStorageFailureWithoutAKey_AndIsForgotten(string fate)
    {
        await _catalog.TryAddAsync(Runs.New("a"), default);
        _transport.Script = _ => Enum.Parse<Fate>(fate);
        Func<Task>[] asked =
        [
            () => _catalog.GetAsync("a", default),
            () => _catalog.ListAsync(new RunQuery(), default),
            () => _catalog.GetControlAsync("a", default),
            () => _catalog.UpdateControlAsync("a", control => control with { Paused = true }, default),
            () => _catalog.SetProgressAsync("a", "", new RunProgress(), default),
            () => _catalog.TryAddAsync(Runs.New("b"), default),
            () => _catalog.DeleteAsync("a", default),
        ];

        foreach (var failure in await Task.WhenAll(asked.Select(ask => Assert.ThrowsAsync<StorageException>(ask))))
        {
            Assert.Contains("Could not ", failure.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("Eby8vdM02", failure.ToString(), StringComparison.Ordinal);
            Assert.DoesNotContain("SharedKey", failure.ToString(), StringComparison.OrdinalIgnoreCase);
        }

        _transport.Script = null;
        Assert.Equal("a", (await _catalog.GetAsync("a", default))!.Id);
    }

    private static Func<Request, Fate> FirstOf(string method, Fate fate)
    {
        var left = 1;
        return request => request.Method.Method == method && Interlocked.Decrement(ref left) == 0 ? fate : Fate.Answered;
    }
}
