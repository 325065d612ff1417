using Fanout.Embedded.Limits;
using Fanout.Embedded.Tests.Runs;
using Fanout.Flow;
using Fanout.Runs;
using Xunit;

namespace Fanout.Embedded.Tests.Limits;

public sealed class LimitClientTests
{
    private static readonly LimitSpec Crm = new("crm-api", 20, Rate.Parse("100/s"), 10);

    [Fact]
    public async Task LimitThatWasSet_IsListedAndFound()
    {
        await using var home = await TestHome.OpenAsync();
        await home.Fanout.Limits.SetAsync(Crm, default);
        await home.Fanout.Limits.SetAsync(new LimitSpec("a", null, Rate.Parse("5/s"), 1), default);

        Assert.Equal(["a", "crm-api"], (await home.Fanout.Limits.ListAsync(default)).Select(ledger => ledger.Limit.Name));
        Assert.Equal(Crm, (await home.Fanout.Limits.GetAsync("crm-api", default)).Limit);
    }

    [Fact]
    public async Task LimitThatIsSetAgain_KeepsWhoHasWhatOfIt_AndExpiredSharesAreNotShown()
    {
        await using var home = await TestHome.OpenAsync();
        await home.Fanout.Limits.SetAsync(Crm, default);
        LimitHolding[] holdings = [new("old", DateTimeOffset.MinValue, 1, 1, []), new("live", DateTimeOffset.MaxValue, 2, 2, [])];
        await using (var store = new SqliteLimitStore(home.Path))
            await store.UpdateAsync("crm-api", ledger => (ledger! with { Holdings = holdings }, true), default);

        await home.Fanout.Limits.SetAsync(Crm with { Concurrency = 5 }, default);

        var ledger = await home.Fanout.Limits.GetAsync("crm-api", default);
        Assert.Equal(5, ledger.Limit.Concurrency);
        Assert.Equal("live", Assert.Single(ledger.Holdings).Owner);
    }

    [Theory]
    [InlineData("a b", 1, null, 1, "/name")]
    [InlineData("a", 0, null, 1, "/concurrency")]
    [InlineData("a", 100_001, null, 1, "/concurrency")]
    [InlineData("a", null, "1000001/s", 1, "/rate")]
    [InlineData("a", null, "5/s", 0, "/burst")]
    [InlineData("a", null, null, 1, "")]
    public async Task LimitOutOfRange_IsRefused(string name, int? concurrency, string? rate, int burst, string pointer)
    {
        await using var home = await TestHome.OpenAsync();
        var limit = new LimitSpec(name, concurrency, rate is null ? null : Rate.Parse(rate), burst);

        var refused = await Assert.ThrowsAsync<SpecException>(() => home.Fanout.Limits.SetAsync(limit, default));

        Assert.Equal(pointer, Assert.Single(refused.Errors).Pointer);
        Assert.False(File.Exists(Path.Combine(home.Path, "limits.db")));
    }

    [Fact]
    public async Task UnknownLimit_IsNeitherFoundNorRemoved()
    {
        await using var home = await TestHome.OpenAsync();

        Assert.Equal("crm-api", (await Assert.ThrowsAsync<LimitException>(() => home.Fanout.Limits.GetAsync("crm-api", default))).Limit);
        await Assert.ThrowsAsync<LimitException>(() => home.Fanout.Limits.RemoveAsync("crm-api", default));
        Assert.False(File.Exists(Path.Combine(home.Path, "limits.db")));
    }

    [Fact]
    public async Task LimitThatRunsNeed_IsRemovedOnlyWhenTheyHaveEnded()
    {
        await using var home = await TestHome.OpenAsync();
        await home.Fanout.Limits.SetAsync(Crm, default);
        await home.StartAsync("""{ "id": "free", "handler": { "name": "noop" }, "source": { "kind": "range", "start": 0, "end": 1 } }""");
        await home.StartAsync("""{ "id": "under", "handler": { "name": "noop" }, "source": { "kind": "range", "start": 0, "end": 1 }, "flow": { "limits": ["crm-api"] } }""");

        var refused = await Assert.ThrowsAsync<LimitException>(() => home.Fanout.Limits.RemoveAsync("crm-api", default));
        Assert.Equal(
            "Limit 'crm-api' cannot be removed: runs that have not ended are under it: 'under'. Let them end, or cancel them first.", refused.Message);

        await home.Fanout.Client.CancelAsync("under", default);
        await home.Fanout.Driver.DriveAsync("under", CancellationToken.None, CancellationToken.None);
        await home.Fanout.Limits.RemoveAsync("crm-api", default);
        Assert.Empty(await home.Fanout.Limits.ListAsync(default));
    }

    [Fact]
    public async Task RunUnderALimitThatDoesNotExist_IsRefused_UnlessItHasEnded()
    {
        const string Spec = """{ "id": "r", "handler": { "name": "noop" }, "source": { "kind": "range", "start": 0, "end": 1 }, "flow": { "limits": ["a", "crm-api"] } }""";
        await using var home = await TestHome.OpenAsync();
        await home.Fanout.Limits.SetAsync(Crm with { Name = "a" }, default);

        var refused = await Assert.ThrowsAsync<SpecException>(() => home.StartAsync(Spec));
        Assert.Equal(
            new SpecError("/flow/limits/1", "\"crm-api\"", "names a limit that does not exist here.", "Define it with: fanout limit set crm-api --concurrency N (or --rate R, or both), or leave it out."),
            Assert.Single(refused.Errors));

        await home.Fanout.Limits.SetAsync(Crm, default);
        await home.RunAsync(Spec);
        await home.Fanout.Limits.RemoveAsync("crm-api", default);
        Assert.Equal(new StartedRun("r", Created: false), await home.Fanout.Client.StartAsync(home.Read(Spec), default));
    }
}
